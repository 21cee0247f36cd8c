# Makes a pgbench script of the statement with which kefu opens a case, out of PostgreSQL's log
# (log_statement = all). What must differ from one run to the next is made from a random number; the
# rest is as it was logged.

/execute [^:]*: WITH saved AS/ {
    statement = $0
    sub(/^.*execute [^:]*: /, "", statement)
    wanted = 1
    next
}
wanted && /DETAIL: *parameters: / {
    parameters = $0
    sub(/^.*parameters: /, "", parameters)
    wanted = 0
}

END {
    if (parameters == "") exit 1
    while (match(parameters, /^(, )?\$[0-9]+ = /)) {
        name = substr(parameters, 1, RLENGTH)
        gsub(/[^0-9]/, "", name)
        parameters = substr(parameters, RLENGTH + 1)
        value[name] = first_value()
        count = name + 0
    }
    for (n = count; n > 0; n--) gsub("[$]" n "($|[^0-9])", "\001" n "\002&", statement)
    for (n in value) value[n] = without_variables(value[n])
    id = ""
    for (n = 1; n <= count; n++) {
        if (id == "" && value[n] ~ /^'[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+'$/) id = value[n]
        if (value[n] == id) value[n] = "md5((:serial::bigint)::text)::uuid"
        else if (value[n] ~ /^'BARE-[0-9]+'$/) value[n] = "('BARE-' || :serial::bigint)"
    }
    print "\\set serial random(1, 9000000000000000000)"
    print "BEGIN;"
    print filled(statement) ";"
    print "COMMIT;"
}

# pgbench takes `:word` for a variable, also inside a document.
function without_variables(text) {
    while (match(text, /:(true|false|null)/)) {
        text = substr(text, 1, RSTART) " " substr(text, RSTART + 1)
    }
    while (match(text, /:[A-Za-z_]/)) text = substr(text, 1, RSTART - 1) ";" substr(text, RSTART + 1)
    return text
}

# Takes a value off the parameters: NULL, or a quoted text in which a quote is two.
function first_value(   at, text) {
    if (substr(parameters, 1, 4) == "NULL") {
        parameters = substr(parameters, 5)
        return "NULL"
    }
    at = 2
    while (at <= length(parameters)) {
        if (substr(parameters, at, 1) == "'") {
            if (substr(parameters, at + 1, 1) != "'") break
            at++
        }
        at++
    }
    text = substr(parameters, 1, at)
    parameters = substr(parameters, at + 1)
    return text
}

# The statement with each marked `$n` replaced by its value.
function filled(text,   made, n) {
    made = ""
    while (match(text, /\001[0-9]+\002[$][0-9]+/)) {
        n = substr(text, RSTART + 1, RLENGTH - 1)
        sub(/\002.*/, "", n)
        made = made substr(text, 1, RSTART - 1) value[n]
        text = substr(text, RSTART + RLENGTH)
    }
    return made text
}
