# Flattens JSON into lines `path<TAB>value`: {"a":[{"b":1}]} gives `a.0.b<TAB>1`.
# So a script reads an answer with nothing but awk. Works byte by byte, in any awk.

{ text = text $0 "\n" }

END { length_of_text = length(text); at = 1; value("") }

function blank(   c) {
    while (at <= length_of_text) {
        c = substr(text, at, 1)
        if (c != " " && c != "\t" && c != "\n" && c != "\r") return
        at++
    }
}

# The text between quotes, escapes resolved; `\u….` stays as it is.
function quoted(   c, said) {
    at++
    said = ""
    while ((c = substr(text, at, 1)) != "\"") {
        if (at > length_of_text) exit 1
        if (c == "\\") {
            at++
            c = substr(text, at, 1)
            if (c == "n" || c == "t" || c == "r") c = " "
            else if (c == "u") c = "\\u"
        }
        said = said c
        at++
    }
    at++
    return said
}

function value(path,   c, name, index_, rest) {
    blank()
    c = substr(text, at, 1)
    if (c == "{") {
        at++
        blank()
        while (substr(text, at, 1) != "}") {
            if (at > length_of_text) exit 1
            name = quoted()
            blank()
            at++ # the colon
            value(path == "" ? name : path "." name)
            blank()
            if (substr(text, at, 1) == ",") { at++; blank() }
        }
        at++
    } else if (c == "[") {
        at++
        blank()
        index_ = 0
        while (substr(text, at, 1) != "]") {
            if (at > length_of_text) exit 1
            value(path == "" ? index_ "" : path "." index_)
            index_++
            blank()
            if (substr(text, at, 1) == ",") { at++; blank() }
        }
        at++
    } else if (c == "\"") {
        print path "\t" quoted()
    } else {
        rest = substr(text, at, 64)
        match(rest, /^[-+.0-9a-zA-Z]*/)
        if (RLENGTH < 1) exit 1
        print path "\t" substr(rest, 1, RLENGTH)
        at += RLENGTH
    }
}
