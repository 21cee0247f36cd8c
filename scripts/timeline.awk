# Prints a case (first file) and its events (second file), both flattened by flatten.awk.
# -v people="id=name;id=name;": who the ids are.

BEGIN {
    count = split(people, pairs, ";")
    for (i = 1; i < count; i++) {
        split(pairs[i], pair, "=")
        name[pair[1]] = pair[2]
    }
}

FNR == NR { of_case[$1] = $2; next }
{ of_event[$1] = $2; if (match($1, /^items\.[0-9]+\./)) last = substr($1, 7, RLENGTH - 7) + 0 }

# `2026-11-23T01:00:00Z` as it reads in Shanghai: `11-23 09:00`.
function local(instant,   month, day, hour, days) {
    if (instant == "" || instant == "null") return "-"
    month = substr(instant, 6, 2) + 0; day = substr(instant, 9, 2) + 0; hour = substr(instant, 12, 2) + 8
    if (hour >= 24) {
        hour -= 24; day++
        days = substr("312831303130313130313031", 2 * month - 1, 2) + 0
        if (month == 2 && substr(instant, 1, 4) % 4 == 0) days = 29
        if (day > days) { day = 1; month = month % 12 + 1 }
    }
    return sprintf("%02d-%02d %02d:%s", month, day, hour, substr(instant, 15, 2))
}

function who(id) { return id == "" || id == "null" ? "(kefu)" : id in name ? name[id] : id }

function what(at,   type, data) {
    data = "items." at ".data."
    type = of_event["items." at ".type"]
    sub(/^case\./, "", type)
    gsub(/_/, " ", type)
    if (of_event[data "action"] != "") return of_event[data "action"] ": " of_event[data "from"] " -> " of_event[data "to"]
    if (of_event[data "clock"] != "") {
        type = type ": " of_event[data "clock"]
        if (of_event[data "met"] != "") type = type (of_event[data "met"] == "true" ? ", in time" : ", late")
        if (of_event[data "due_at"] != "") type = type ", due " local(of_event[data "due_at"])
        return type
    }
    if (of_event[data "procedure"] != "" && type != "opened") return type ": " of_event[data "procedure"]
    if (type == "assigned") return type ": " who(of_event[data "to"])
    if (of_event[data "state"] != "") return type ": " of_event[data "state"]
    return type
}

END {
    printf "\n\033[1m%s  %s  (%s, %s)\033[0m\n", of_case["number"], of_case["subject"], of_case["procedure"], of_case["state"]
    for (at = 0; at <= last; at++) {
        printf "  %s  %-28s %s\n", local(of_event["items." at ".occurred_at"]), who(of_event["items." at ".actor_id"]), what(at)
    }
    for (at = 0; ("clocks." at ".code") in of_case; at++) {
        state = of_case["clocks." at ".state"]
        breached = of_case["clocks." at ".breached_at"]
        printf "  clock %-12s due %s  \033[%sm%s\033[0m%s\n", of_case["clocks." at ".code"], \
            local(of_case["clocks." at ".due_at"]), (state == "met" ? "32" : state ~ /breached|late/ ? "31" : "33"), \
            state, (breached != "" && breached != "null" ? ", breached " local(breached) : "")
    }
}
