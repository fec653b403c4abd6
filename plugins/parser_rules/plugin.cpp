#include <atr/plugin.hpp>

#include "rules_parser.hpp"

ATR_PLUGIN(atr::component<parser_rules::RulesParser>({.id = "treasurer.parser.rules",
                                                      .title = "Offline parser of plain-text invoices",
                                                      .version = "1.0.0",
                                                      .vendor = "Autonomous Treasurer",
                                                      .license = "Apache-2.0"}));
