-- For wrk: GETs the paths of a file in turn, as whoever holds TOKEN.
-- wrk ... -s deep_pages.lua URL -- TOKEN FILE
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "summary.lua")
local paths, at = {}, 0

function init(arguments)
    wrk.headers["Authorization"] = "Bearer " .. arguments[1]
    for line in io.lines(arguments[2]) do table.insert(paths, line) end
end

function request()
    at = at % #paths + 1
    return wrk.format("GET", paths[at])
end
