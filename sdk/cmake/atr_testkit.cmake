# The conformance kit, built from its sources in whoever's project needs it.

# atr_add_testkit(FOLDER): the library atr_testkit and the program atr_plugin_check, from the kit's sources in FOLDER.
function(atr_add_testkit FOLDER)
    find_package(Threads REQUIRED)
    file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS ${FOLDER}/*.cpp)
    list(REMOVE_ITEM SOURCES ${FOLDER}/main.cpp)
    add_library(atr_testkit STATIC ${SOURCES})
    target_include_directories(atr_testkit PRIVATE ${FOLDER})
    target_link_libraries(atr_testkit PUBLIC atr::atr Threads::Threads ${CMAKE_DL_LIBS})
    add_executable(atr_plugin_check ${FOLDER}/main.cpp)
    target_link_libraries(atr_plugin_check PRIVATE atr_testkit)
    if(TARGET treasurer_settings)
        target_link_libraries(atr_testkit PRIVATE treasurer_settings)
        target_link_libraries(atr_plugin_check PRIVATE treasurer_settings)
    endif()
endfunction()

# atr_add_plugin_check(NAME PLUGIN [ARGUMENTS ...]): a test that the plugin made by atr_add_plugin(PLUGIN), or the file
# PLUGIN, passes the kit.
# ARGUMENTS are those of atr_plugin_check, e.g. --quick --config "path={data}/book.db". The program is the installed one,
# or that of -DATR_PLUGIN_CHECK=FILE. Where there is none, or with -DATR_PLUGIN_CHECK=, the kit is compiled once with the
# project, with its compiler and its flags: what a plugin with a sanitizer needs.
function(atr_add_plugin_check NAME PLUGIN)
    cmake_parse_arguments(ARG "" "" "ARGUMENTS" ${ARGN})
    if(TARGET ${PLUGIN})
        set(PLUGIN $<TARGET_FILE:${PLUGIN}>)
    endif()
    set(check ${ATR_PLUGIN_CHECK})
    if(NOT check)
        get_property(LANGUAGES GLOBAL PROPERTY ENABLED_LANGUAGES)
        if(NOT CXX IN_LIST LANGUAGES)
            message(WARNING "${NAME} is not added: the SDK brings no atr_plugin_check, and to compile it CXX is needed. "
                "Add CXX to project(), or name one with -DATR_PLUGIN_CHECK=FILE.")
            return()
        endif()
        if(NOT TARGET atr_plugin_check)
            atr_add_testkit(${ATR_TESTKIT_FOLDER})
        endif()
        set(check atr_plugin_check)
    endif()
    add_test(NAME ${NAME} COMMAND ${check} ${PLUGIN} ${ARG_ARGUMENTS})
endfunction()
