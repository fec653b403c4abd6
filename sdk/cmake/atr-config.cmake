# find_package(atr): the plugin SDK. Gives the targets atr::atr (C++) and atr::c (C alone) and the call atr_add_plugin().
include(CMakeFindDependencyMacro)
get_property(ATR_LANGUAGES GLOBAL PROPERTY ENABLED_LANGUAGES)
if(CXX IN_LIST ATR_LANGUAGES)
    find_dependency(nlohmann_json 3.11)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/atr_targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/atr_plugin.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/atr_testkit.cmake)
set(ATR_TESTKIT_FOLDER ${CMAKE_CURRENT_LIST_DIR}/testkit)
if(NOT DEFINED ATR_PLUGIN_CHECK)  # beside lib/cmake/atr, or lib/MACHINE/cmake/atr
    find_program(ATR_PLUGIN_CHECK atr_plugin_check NO_DEFAULT_PATH
        PATHS ${CMAKE_CURRENT_LIST_DIR}/../../../bin ${CMAKE_CURRENT_LIST_DIR}/../../../../bin)
endif()
