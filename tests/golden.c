/*
 * golden.c: every fixture of every codec, decoded, against its .want; CLR_UPDATE_GOLDEN=1 rewrites them, and the diff is reviewed.
 *
 * Each file is read as a whole and in blocks of odd sizes; all dumps must be equal, so where a block ends never shows. Fixtures and
 * dumps are invented; no card number in them was ever issued.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec_drive.h"

struct content {
    uint8_t *data;
    size_t size;
    bool there;
};

static struct content read_file(const char *path)
{
    struct content content = { NULL, 0, false };
    FILE *const from = fopen(path, "rb");

    if (from == NULL) return content;
    content.there = true;
    content.data = malloc(1 << 20);
    assert_non_null(content.data);
    content.size = fread(content.data, 1, 1 << 20, from);
    assert_true(content.size < 1 << 20);
    fclose(from);
    return content;
}

static int is_fixture(const struct dirent *entry)
{
    const size_t size = strlen(entry->d_name);
    const bool want = size > 5 && strcmp(entry->d_name + size - 5, ".want") == 0;

    return !want && (strncmp(entry->d_name, "ok_", 3) == 0 || strncmp(entry->d_name, "bad_", 4) == 0);
}

/* What the codec is told: a name behind '-', else the whole. */
static const char *told_name(const char *name)
{
    const char *const dash = strchr(name, '-');

    return dash == NULL ? name : dash + 1;
}

static void check_fixture(const struct clr_codec *codec, const char *folder, const char *name)
{
    static const size_t steps[] = { 1, 3, 61, 64, 67, 331, 4096 };
    char path[1400], want_path[1500];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(want_path, sizeof want_path, "%s.want", path);
    const struct content input = read_file(path);
    assert_true(input.there);
    const struct clr_bytes bytes = clr_bytes_of(input.data, input.size);
    const struct drive_options whole = { .name = told_name(name) };
    char *const dump = drive_dump(codec, bytes, &whole);

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const struct drive_options blocks = { .name = told_name(name), .block_size = steps[i], .batch = i % 3 + 1 };
        char *const again = drive_dump(codec, bytes, &blocks);
        if (strcmp(dump, again) != 0) fail_msg("%s: blocks of %zu bytes give\n%s\nthe whole gives\n%s", path, steps[i], again, dump);
        free(again);
    }
    if (getenv("CLR_UPDATE_GOLDEN") != NULL) {
        FILE *const to = fopen(want_path, "wb");
        assert_non_null(to);
        fputs(dump, to);
        assert_int_equal(fclose(to), 0);
    }
    const struct content want = read_file(want_path);
    const bool same = want.there && want.size == strlen(dump) && memcmp(want.data, dump, want.size) == 0;
    if (!same) fail_msg("%s: the dump differs from its .want:\n%s", path, dump);
    free(want.data);
    free(input.data);
    free(dump);
}

static void every_fixture_decodes_as_wanted(void **state)
{
    (void)state;
    for (unsigned i = 0; i < clr_codecs.count; i++) {
        char folder[1024];
        struct dirent **entries;
        snprintf(folder, sizeof folder, "%s/%s", CLR_FIXTURES, clr_codecs.codec[i]->name);
        const int count = scandir(folder, &entries, is_fixture, alphasort);
        assert_true(count >= 8);                    /* a folder that went missing must not pass */
        for (int k = 0; k < count; k++) {
            check_fixture(clr_codecs.codec[i], folder, entries[k]->d_name);
            free(entries[k]);
        }
        free(entries);
    }
}

/* An ok_ fixture gives no reason that a whole file is refused for; a bad_ one gives a finding or a record with a reason. */
struct troubles {
    uint64_t findings, malformed, reasons;
};

static void count_troubles(void *context, const struct clr_codec_file *file, const struct clr_raw *raw, struct clr_bytes block,
                           uint64_t offset)
{
    struct troubles *const troubles = context;

    (void)file;
    (void)block;
    (void)offset;
    if (raw->reasons & CLR_REASON_MASK(MALFORMED)) troubles->malformed++;
    if (raw->reasons != 0) troubles->reasons++;
}

static void names_keep_their_word(void **state)
{
    (void)state;
    for (unsigned i = 0; i < clr_codecs.count; i++) {
        char folder[1024], path[1400];
        struct dirent **entries;
        snprintf(folder, sizeof folder, "%s/%s", CLR_FIXTURES, clr_codecs.codec[i]->name);
        const int count = scandir(folder, &entries, is_fixture, alphasort);
        for (int k = 0; k < count; k++) {
            const char *const name = entries[k]->d_name;
            struct troubles troubles = { 0, 0, 0 };
            const struct drive_options options = { .name = told_name(name) };
            snprintf(path, sizeof path, "%s/%s", folder, name);
            const struct content input = read_file(path);
            const struct drive_result result = drive(clr_codecs.codec[i], clr_bytes_of(input.data, input.size), &options, count_troubles,
                                                     &troubles);
            troubles.findings = result.file.finding_count + (result.status != CLR_OK) + result.too_long;
            const bool bad = name[0] == 'b';
            if (bad && troubles.findings + troubles.reasons == 0) fail_msg("%s passes without a word", path);
            if (!bad && troubles.findings + troubles.malformed != 0) fail_msg("%s is not ok", path);
            const struct clr_codec *const sniffed = clr_codec_sniff(&clr_codecs, clr_bytes_of(input.data, input.size), options.name);
            if (!bad && sniffed != clr_codecs.codec[i]) fail_msg("%s is not recognised", path);
            free(input.data);
            free(entries[k]);
        }
        free(entries);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fixture_decodes_as_wanted),
        cmocka_unit_test(names_keep_their_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
