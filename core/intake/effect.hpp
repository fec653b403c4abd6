/// Whether a request to change something does so.
#pragma once

namespace treasurer::intake {

enum class Effect {
    lasting,
    none,  ///< a dry run: all is checked as if, and nothing is written
};

}  // namespace treasurer::intake
