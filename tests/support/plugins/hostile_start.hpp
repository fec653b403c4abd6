/// What hostile_start.cpp can do. Compiled once; each plugin adds the name of its fault.
#pragma once

enum class Fault {
    throws_at_load,
    aborts_at_load,
    exits_at_load,
    hangs_at_load,
    prints_at_load,
    throws_in_create,
    hangs_in_create,
    no_object,
    refuses_silently,
    throws_in_interface,
    no_table,
    throws_in_describe,
    describes_in_latin1,
    describes_a_number,
    describes_without_end,
};

extern const Fault fault;
