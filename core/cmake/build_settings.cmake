# Compiler settings, and the calls that declare the project's own parts: one call per thing.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(ATR_PLUGIN_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)

set(ATR_SANITIZE "" CACHE STRING "Sanitizers for the whole build, e.g. address,undefined or thread")
option(ATR_UNITY "Compile several sources of a target as one: a third of the time, but more to do after a small edit" ON)
option(ATR_FUZZ "Make the fuzzers' targets (tests/fuzz); needs clang" OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

if(ATR_UNITY)
    set(CMAKE_UNITY_BUILD ON)
    # g++ takes a source that is included for a header, and warns of what it hides in its anonymous namespace.
    add_compile_options($<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>)
endif()

find_package(Threads REQUIRED)

add_library(treasurer_settings INTERFACE)
target_compile_options(treasurer_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 warns of overlapping copies in std::string's own assignment at -O2 (GCC bug 105329).
    target_compile_options(treasurer_settings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
target_link_options(treasurer_settings INTERFACE -Wl,--as-needed)
if(ATR_SANITIZE)
    target_compile_options(treasurer_settings INTERFACE -fsanitize=${ATR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(treasurer_settings INTERFACE -fsanitize=${ATR_SANITIZE})
    # The sanitizers' own instrumentation makes g++ 12 take unset members of variants for uninitialised values.
    target_compile_options(treasurer_settings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>)
    if(ATR_SANITIZE MATCHES undefined)
        # This check needs the type information of classes that Debian's SOCI does not export.
        target_compile_options(treasurer_settings INTERFACE -fno-sanitize=vptr)
    endif()
    if(ATR_SANITIZE MATCHES thread)
        # g++ warns of every std::atomic_thread_fence in third-party headers, which ThreadSanitizer does not model.
        target_compile_options(treasurer_settings INTERFACE -Wno-tsan)
    endif()
endif()

# treasurer_library(NAME SOURCES ... LIBRARIES ...): the static library treasurer_NAME of one folder of core/.
function(treasurer_library NAME)
    cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
    add_library(treasurer_${NAME} STATIC ${ARG_SOURCES})
    target_include_directories(treasurer_${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/core)
    target_link_libraries(treasurer_${NAME} PUBLIC atr::atr ${ARG_LIBRARIES} PRIVATE treasurer_settings)
endfunction()

# treasurer_test(NAME SOURCES ... LIBRARIES ...): one Catch2 executable, registered with ctest under its own name.
# LABELS defaults to "unit"; COST orders long tests first.
function(treasurer_test NAME)
    cmake_parse_arguments(ARG "" "COST;TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
    add_executable(${NAME} ${ARG_SOURCES})
    target_include_directories(${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/core ${CMAKE_SOURCE_DIR})
    target_link_libraries(${NAME} PRIVATE ${ARG_LIBRARIES} treasurer_catch treasurer_settings)
    # Optimising the tests themselves costs the build more than it gains them: a third of its time.
    target_compile_options(${NAME} PRIVATE -O0)
    set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${NAME} COMMAND ${NAME} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    if(NOT ARG_LABELS)
        set(ARG_LABELS unit)
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 900)
    endif()
    if(ATR_SANITIZE)
        math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 4")
    endif()
    set_tests_properties(${NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
        ENVIRONMENT "TREASURER_BUILD=${CMAKE_BINARY_DIR};TREASURER_SOURCE=${CMAKE_SOURCE_DIR}")
    if(ARG_COST)
        set_tests_properties(${NAME} PROPERTIES COST ${ARG_COST})
    endif()
endfunction()
