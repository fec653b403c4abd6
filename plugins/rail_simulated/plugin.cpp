#include <atr/plugin.hpp>

#include "simulated_rail.hpp"

ATR_PLUGIN(atr::component<rail_simulated::SimulatedRail>({.id = "treasurer.rail.simulated",
                                                          .title = "Simulated bank with a durable book",
                                                          .version = "1.0.0",
                                                          .vendor = "Autonomous Treasurer",
                                                          .license = "Apache-2.0"}));
