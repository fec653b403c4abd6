# Runs COMMAND (a list) after emptying the folder DATA.
file(REMOVE_RECURSE ${DATA})
file(MAKE_DIRECTORY ${DATA})
execute_process(COMMAND ${COMMAND} RESULT_VARIABLE code)
if(NOT code EQUAL 0)
    message(FATAL_ERROR "exit code ${code}")
endif()
