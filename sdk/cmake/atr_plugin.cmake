# atr_add_plugin(NAME SOURCES ... LIBRARIES ...): builds NAME.so, a plugin that exports atr_plugin_entry_v1 and nothing else.
# Hidden visibility alone is not enough (libstdc++ templates leak, and unique symbols would be shared between plugins),
# so a version script closes the rest. The file is never unloaded, and every symbol it needs is resolved at link time.
function(atr_add_plugin NAME)
    cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
    set(ATR_PLUGIN_MAP ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/atr_plugin.map)
    add_library(${NAME} MODULE ${ARG_SOURCES})
    get_property(LANGUAGES GLOBAL PROPERTY ENABLED_LANGUAGES)
    if(CXX IN_LIST LANGUAGES)
        target_link_libraries(${NAME} PRIVATE atr::atr ${ARG_LIBRARIES})
    else()  # a project in C needs no C++ compiler, and no JSON library of C++
        target_link_libraries(${NAME} PRIVATE atr::c ${ARG_LIBRARIES})
    endif()
    if(TARGET treasurer_settings)
        target_link_libraries(${NAME} PRIVATE treasurer_settings)
    endif()
    set_target_properties(${NAME} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON LINK_DEPENDS ${ATR_PLUGIN_MAP})
    if(ATR_PLUGIN_OUTPUT_DIRECTORY)
        set_target_properties(${NAME} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${ATR_PLUGIN_OUTPUT_DIRECTORY})
    endif()
    target_link_options(${NAME} PRIVATE -Wl,--version-script=${ATR_PLUGIN_MAP} -Wl,-z,nodelete -Wl,--exclude-libs,ALL)
    if(NOT ATR_SANITIZE)  # a sanitizer's own symbols come from the host executable
        target_link_options(${NAME} PRIVATE -Wl,-z,defs)
    endif()
endfunction()
