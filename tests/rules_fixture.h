/*
 * rules_fixture.h: rules folders out of literals, written to the scratch folder and read back, for the tests of the rules folder.
 */
#ifndef CLR_TESTS_RULES_FIXTURE_H
#define CLR_TESTS_RULES_FIXTURE_H

#include "model/rules.h"
#include "scratch.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FILES_MAX 12

struct rules_text {
    const char *name, *text;
};

/* A small good folder: what a test does not give. */
#define PARTICIPANTS_HEAD "code,role,product,region,parent,settles_via,account,bank,name_zh,name_en,aliases,valid_from,valid_to\n"
#define PARTICIPANTS PARTICIPANTS_HEAD                                        \
    "hub,centre,transit,,,,,,中心,,,,\n"                                       \
    "card,issuer,transit,,,,,,发卡,Card,yz316.city:3120,,\n"                    \
    "bus,acquirer,transit,,,,,,公交,Bus,yz316.city:3120;yz316.unit:31200101,,\n"
#define SENDERS "[bus]\nmatch = *.txt\n"
#define WINDOWS "[transit]\n"

static inline void rules_write_one(const char *folder, const char *name, const char *text)
{
    char path[PATH_MAX];

    assert_true(snprintf(path, sizeof path, "%s/%s", folder, name) < PATH_MAX);
    scratch_write(path, text, strlen(text));
}

/* Write participants.csv, senders.ini and windows.ini as above and `file` over them into an empty folder `name`. @return its path */
static inline const char *rules_write(const char *name, const struct rules_text *file, size_t count)
{
    const char *path = scratch_path(name);

    assert_true(scratch_folder[0] != '\0');           /* a group without scratch_open would write to the root */
    if (access(path, F_OK) == 0) assert_int_equal(nftw(path, scratch_remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    rules_write_one(name, "participants.csv", PARTICIPANTS);
    rules_write_one(name, "senders.ini", SENDERS);
    rules_write_one(name, "windows.ini", WINDOWS);
    for (size_t i = 0; i < count; i++) rules_write_one(name, file[i].name, file[i].text);
    return scratch_path(name);
}

static struct clr_tokenizer *rules_the_tokenizer;

static inline void rules_forget_tokenizer(void)
{
    clr_tokenizer_destroy(rules_the_tokenizer);
}

/* A tokenizer with a fixed key; freed at exit. */
static inline struct clr_tokenizer *rules_tokenizer(void)
{
    static const uint8_t key[CLR_STORE_KEY_SIZE] = "a fixed key for the tests only";

    if (rules_the_tokenizer == NULL) {
        assert_int_equal(clr_tokenizer_create(key, &rules_the_tokenizer), CLR_OK);
        atexit(rules_forget_tokenizer);
    }
    return rules_the_tokenizer;
}

static inline enum clr_status rules_read(const char *path, struct clr_rules **out, struct clr_fault *fault)
{
    struct clr_rules_folder folder = { 0 };
    enum clr_status status = clr_rules_folder_read(path, rules_tokenizer(), &folder, fault);

    if (status == CLR_OK) status = clr_rules_parse(&folder, out, fault);
    clr_rules_folder_free(&folder);
    return status;
}

/* Write, read and parse. */
static inline enum clr_status rules_try(const struct rules_text *file, size_t count, struct clr_rules **out, struct clr_fault *fault)
{
    return rules_read(rules_write("rules", file, count), out, fault);
}

static inline struct clr_rules *rules_must(enum clr_status status, struct clr_rules *rules, const struct clr_fault *fault)
{
    if (status != CLR_OK) fail_msg("%s:%lu %s '%s': %s", fault->path, (unsigned long)fault->line, fault->field, fault->seen, fault->en);
    return rules;
}

/* The same for a folder that must load. clr_rules_destroy() */
static inline struct clr_rules *rules_of(const struct rules_text *file, size_t count)
{
    struct clr_rules *rules = NULL;
    struct clr_fault fault = { 0 };
    const enum clr_status status = rules_try(file, count, &rules, &fault);

    return rules_must(status, rules, &fault);
}

/* A folder on disk that must load. */
static inline struct clr_rules *rules_load(const char *path)
{
    struct clr_rules *rules = NULL;
    struct clr_fault fault = { 0 };
    const enum clr_status status = rules_read(path, &rules, &fault);

    return rules_must(status, rules, &fault);
}

/* Row of a code that must be there. */
static inline int rules_row(const struct clr_rules *rules, const char *code)
{
    const int row = clr_rules_participant(rules, clr_bytes_text(code), CLR_DAY_NONE);

    if (row < 0) fail_msg("no participant %s", code);
    return row;
}

/* "2026-03-03" as a day that must exist; "" is CLR_DAY_NONE. */
static inline clr_day rules_day(const char *text)
{
    const clr_day day = clr_day_parse(clr_bytes_text(text));

    assert_true(day != CLR_DAY_NONE || text[0] == '\0');
    return day;
}

static inline const char *rules_file_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* A folder that must be refused, and where. */
struct rules_bad {
    const char *name;                         /* of the case */
    const char *file, *text;                  /* the file that is wrong */
    uint64_t line;
    const char *field;
    const char *says;                         /* part of the English text */
};

static inline void rules_refused(const struct rules_bad *bad, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct rules_text file = { bad[i].file, bad[i].text };
        struct clr_rules *rules = NULL;
        struct clr_fault fault = { 0 };
        const enum clr_status status = rules_try(&file, 1, &rules, &fault);

        if (status == CLR_OK) clr_rules_destroy(rules);
        if (status != CLR_USAGE) fail_msg("%s: status %d, not usage", bad[i].name, status);
        if (strcmp(rules_file_of(fault.path), bad[i].file) != 0 || fault.line != bad[i].line || strcmp(fault.field, bad[i].field) != 0 || strstr(fault.en, bad[i].says) == NULL)
            fail_msg("%s: %s:%lu [%s] '%s': %s", bad[i].name, fault.path, (unsigned long)fault.line, fault.field, fault.seen, fault.en);
        if (fault.zh[0] == '\0' || strcmp(fault.zh, fault.en) == 0) fail_msg("%s: no Chinese text", bad[i].name);
        /* Without a fault the answer is the same. */
        assert_int_equal(rules_try(&file, 1, &rules, NULL), CLR_USAGE);
    }
}

#endif
