/*
 * jsonwalk.h: JSON (RFC 8259) as codecs read it: members of flat objects, one after the other, out of a buffer that may end anywhere.
 *
 * Nothing is built: keys and values are slices of the input, escapes still in them. Values that are objects or arrays are
 * stepped over as a whole.
 *
 * Threads   pure.
 */
#ifndef CLR_CODECS_JSONWALK_H
#define CLR_CODECS_JSONWALK_H

#include "codec.h"

enum clr_json_step {
    CLR_JSON_GOOD,                          /* a key, a value */
    CLR_JSON_CLOSED,                        /* the object's closing brace was read */
    CLR_JSON_OPEN,                          /* the input ends before */
    CLR_JSON_BROKEN                         /* not JSON */
};

enum clr_json_kind { CLR_JSON_STRING, CLR_JSON_NUMBER, CLR_JSON_NULL, CLR_JSON_OTHER };

struct clr_json {
    struct clr_bytes input;
    size_t at;
};

struct clr_json_text {
    struct clr_bytes text;                  /* of a string: without its quotes */
    enum clr_json_kind kind;
    bool escapes;                           /* there are backslashes in it */
};

/** Move over white space. */
void clr_json_blank(struct clr_json *json);

/** Next key of an object, with its colon: `first` right behind the opening brace, where no comma stands. */
enum clr_json_step clr_json_key(struct clr_json *json, bool first, struct clr_json_text *key);

/** The value behind a colon. */
enum clr_json_step clr_json_value(struct clr_json *json, struct clr_json_text *value);

/** Undo escapes into `to` (`room` bytes). @return size, or SIZE_MAX when it does not fit or an escape is none. */
size_t clr_json_unescape(struct clr_bytes text, uint8_t *to, size_t room);

/** Is it this word, escapes undone? */
bool clr_json_is(const struct clr_json_text *text, const char *word);

#endif
