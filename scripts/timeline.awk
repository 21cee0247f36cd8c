# Prints a case (first file) and its events (second file), both flattened by flatten.awk.
# -v people="id=name;id=name;": who the ids are. -v plain=1: no colours.

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

# A text filled up to so many columns. Bytes are counted (LC_ALL=C): a Chinese character is three
# of them, two columns wide.
function padded(text, columns,   rest, wide) {
    rest = text
    wide = gsub(/[\343-\351]/, "", rest)
    return sprintf("%s%*s", text, columns - length(text) + wide, "")
}

function painted(text, colour) { return plain || !colour ? text : "\033[" colour "m" text "\033[0m" }

# Whom a rung told, as the procedure names them.
function told(data,   at, names) {
    for (at = 0; (data "notify." at) in of_event; at++) {
        names = names (at ? ", " : "") of_event[data "notify." at]
    }
    return names == "" ? "" : ", told: " names
}

function what(at,   type, data) {
    data = "items." at ".data."
    type = of_event["items." at ".type"]
    sub(/^case\./, "", type)
    gsub(/_/, " ", type)
    if (of_event[data "action"] != "") return of_event[data "action"] ": " of_event[data "from"] " -> " of_event[data "to"]
    if (of_event[data "clock"] != "") {
        type = type ": " of_event[data "clock"] told(data)
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
    print "\n" painted(of_case["number"] "  " of_case["subject"] "  (" of_case["procedure"] ", " of_case["state"] ")", 1)
    for (at = 0; at <= last; at++) {
        line = what(at)
        colour = line ~ /^clock breached|, late/ ? 31 : line ~ /, in time/ ? 32 : 0
        printf "  %s  %s %s\n", local(of_event["items." at ".occurred_at"]), \
            padded(who(of_event["items." at ".actor_id"]), 27), painted(line, colour)
    }
    for (at = 0; ("clocks." at ".code") in of_case; at++) {
        state = of_case["clocks." at ".state"]
        breached = of_case["clocks." at ".breached_at"]
        printf "  clock %-12s due %s  %s%s\n", of_case["clocks." at ".code"], \
            local(of_case["clocks." at ".due_at"]), \
            painted(state, state == "met" ? 32 : state ~ /breached|late/ ? 31 : 33), \
            (breached != "" && breached != "null" ? ", breached " local(breached) : "")
    }
}
