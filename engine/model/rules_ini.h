/*
 * rules_ini.h: private to the rules folder: senders.ini and windows.ini, by libinih, with the place of every error.
 *
 * Stricter than inih: UTF-8 only; a line has at most 198 bytes (inih would split a longer one); `[name]` stands at the start of a line;
 * a comment is a line of its own, because inih would cut " ;…" off a value silently. A list (key `match`) may use ';' or
 * blanks between its words and go on in indented lines; any other key has one line.
 *
 * Threads   one.
 */
#ifndef CLR_MODEL_RULES_INI_H
#define CLR_MODEL_RULES_INI_H

#include "model/rules_index.h"

struct clr_rules_ini;
typedef enum clr_status clr_rules_ini_section(struct clr_rules_ini *ini, const char *section);
typedef enum clr_status clr_rules_ini_key(struct clr_rules_ini *ini, const char *section, const char *key, const char *value);

struct clr_rules_ini {
    struct clr_rules_load *load;
    void *context;                            /* the caller's */
    clr_rules_ini_section *section;           /* at each heading, also of an empty section */
    clr_rules_ini_key *key;                   /* at each key = value */
    /* how far it got */
    const char *file;
    struct clr_bytes text;
    size_t at;
    uint64_t line;                            /* of what was given out last */
    bool in_list;
    enum clr_status status;
};

/** Read a file of the folder, which is there. */
CLR_MUST_USE enum clr_status clr_rules_ini_read(struct clr_rules_ini *ini, const char *file);

/** Put the place on a fault already said. @param key, value  may be NULL. @return `status`. */
enum clr_status clr_rules_ini_place(struct clr_rules_ini *ini, const char *key, const char *value, enum clr_status status);
#define RULES_INI_FAIL(ini, key, value, ...) clr_rules_ini_place((ini), (key), (value), clr_fault_say((ini)->load->fault, CLR_USAGE, __VA_ARGS__))

/** A whole number of min..max. */
CLR_MUST_USE enum clr_status clr_rules_ini_whole(struct clr_rules_ini *ini, const char *key, const char *value, int64_t min, int64_t max, int64_t *out);

/** Place of `value` in `names` (NULL-terminated). */
CLR_MUST_USE enum clr_status clr_rules_ini_choice(struct clr_rules_ini *ini, const char *key, const char *value, const char *const *names, int *out);

/** Note that a key was given; a second time is an error. @param bit  of the key in `*given`. */
CLR_MUST_USE enum clr_status clr_rules_ini_once(struct clr_rules_ini *ini, const char *key, const char *value, unsigned bit, uint64_t *given);

/** Place of a key in `names`, '_' for '-' allowed; -1 if it is none of them. */
int clr_rules_ini_find(const char *key, const char *const *names);

/** A reason's name with '_' written as '-'. @return `name` */
const char *clr_rules_ini_dashes(const char *key, char name[64]);

#endif
