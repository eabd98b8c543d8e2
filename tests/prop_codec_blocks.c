/*
 * prop_codec_blocks.c: the law that where a block ends never shows. For 200 seeds a codec, a fixture is damaged at random and decoded whole,
 * in small blocks and in blocks of the engine's size; all dumps are equal. Then records around the limit of CLR_RECORD_SIZE_MAX.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec_drive.h"

#define SEEDS 200

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strstr(entry->d_name, ".want") == NULL;
}

static size_t read_fixture(const char *folder, const char *name, uint8_t *to, size_t room)
{
    char path[1400];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const from = fopen(path, "rb");
    assert_non_null(from);
    const size_t size = fread(to, 1, room, from);
    fclose(from);
    return size;
}

/* Bytes that mean something to some format. */
static uint8_t interesting(uint64_t *random)
{
    static const uint8_t bytes[] = "\n\r\n\r\",{}[]:\\ 09AFaz-.\t\x7f\x80\xff\xe5\"\"\n";

    return bytes[next_random(random) % sizeof bytes];                     /* the ending NUL is one of them */
}

static size_t damage(uint8_t *text, size_t size, size_t room, uint64_t *random)
{
    for (uint64_t changes = next_random(random) % 8; changes > 0 && size > 0; changes--) {
        const size_t at = next_random(random) % size;
        switch (next_random(random) % 4) {
        case 0:
            text[at] = interesting(random);
            break;
        case 1:
            if (size == room) break;
            memmove(text + at + 1, text + at, size - at);
            text[at] = interesting(random);
            size++;
            break;
        case 2:
            memmove(text + at, text + at + 1, size - at - 1);
            size--;
            break;
        default:
            if (next_random(random) % 4 == 0) size = at;
        }
    }
    return size;
}

static void compare(const char *what, uint64_t seed, const struct clr_codec *codec, struct clr_bytes bytes, size_t block_size,
                    const char *whole)
{
    const struct drive_options options = { .block_size = block_size, .batch = 1 + seed % 7, .yuan = seed % 5 == 0, .gbk = seed % 3 == 0 };
    char *const dump = drive_dump(codec, bytes, &options);

    if (strcmp(dump, whole) != 0) fail_msg("%s, seed %d, blocks of %d:\n%s\nwhole:\n%s", what, (int)seed, (int)block_size, dump, whole);
    free(dump);
}

static void blocks_do_not_show(void **state)
{
    static uint8_t text[1 << 16];

    (void)state;
    for (unsigned i = 0; i < clr_codecs.count; i++) {
        const struct clr_codec *const codec = clr_codecs.codec[i];
        struct dirent **entries;
        char folder[1024];
        snprintf(folder, sizeof folder, "%s/%s", CLR_FIXTURES, codec->name);
        const int count = scandir(folder, &entries, is_input, alphasort);
        assert_true(count > 0);
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            uint64_t random = seed * 7919 + i;
            const char *const name = entries[next_random(&random) % (unsigned)count]->d_name;
            const size_t size = damage(text, read_fixture(folder, name, text, sizeof text), sizeof text, &random);
            const struct drive_options options = { .yuan = seed % 5 == 0, .gbk = seed % 3 == 0 };
            char *const whole = drive_dump(codec, clr_bytes_of(text, size), &options);
            compare(name, seed, codec, clr_bytes_of(text, size), 1 + next_random(&random) % 300, whole);
            compare(name, seed, codec, clr_bytes_of(text, size), 1 + next_random(&random) % 16, whole);
            compare(name, seed, codec, clr_bytes_of(text, size), CLR_RECORD_SIZE_MAX, whole);
            free(whole);
        }
        for (int k = 0; k < count; k++) free(entries[k]);
        free(entries);
    }
}

/* Nothing is skipped: every byte outside the records is a line end, or a comma, blank or the tail in JSON. */
struct cover {
    struct clr_bytes bytes;
    uint64_t reached;
    bool json;
};

static void check_gap(const struct cover *cover, uint64_t from, uint64_t to)
{
    for (uint64_t at = from; at < to; at++) {
        const uint8_t byte = cover->bytes.data[at];
        const bool between = byte == '\n' || byte == '\r' || (cover->json && (byte == ',' || byte == ' ' || byte == '\t'));
        if (!between) fail_msg("byte %d was skipped", (int)at);
    }
}

static void cover_visit(void *context, const struct clr_codec_file *file, const struct clr_raw *raw, struct clr_bytes block,
                        uint64_t offset)
{
    struct cover *const cover = context;

    (void)file;
    assert_true(raw->size > 0 && raw->offset + raw->size <= block.size);
    assert_true(offset + raw->offset >= cover->reached);
    check_gap(cover, cover->reached, offset + raw->offset);
    cover->reached = offset + raw->offset + raw->size;
    assert_true((raw->detail != 0) == ((raw->reasons & CLR_REASON_MASK(MALFORMED)) != 0));
    assert_true(raw->amount_fen >= 0 && raw->amount_fen <= CLR_RECORD_FEN_MAX && raw->price_fen >= 0 &&
                raw->price_fen <= CLR_RECORD_FEN_MAX);
}

static void nothing_is_skipped(void **state)
{
    static uint8_t text[1 << 16];

    (void)state;
    for (unsigned i = 0; i < clr_codecs.count; i++) {
        const struct clr_codec *const codec = clr_codecs.codec[i];
        struct dirent **entries;
        char folder[1024];
        if (codec->walk != NULL) continue;          /* markup stands between records */
        snprintf(folder, sizeof folder, "%s/%s", CLR_FIXTURES, codec->name);
        const int count = scandir(folder, &entries, is_input, alphasort);
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            uint64_t random = seed * 104729 + i;
            const char *const name = entries[next_random(&random) % (unsigned)count]->d_name;
            const size_t size = damage(text, read_fixture(folder, name, text, sizeof text), sizeof text, &random);
            struct cover cover = { .bytes = { text, size }, .json = codec->format == CLR_FORMAT_SZT_JSON };
            const struct drive_options options = { .block_size = 1 + seed };
            struct clr_codec_file probe = { .codec = codec, .name = "x", .size = size };
            if (codec->open(&probe, clr_bytes_of(text, size), NULL) != CLR_OK) continue;
            cover.reached = probe.data_offset;
            drive(codec, cover.bytes, &options, cover_visit, &cover);
            if (!cover.json) check_gap(&cover, cover.reached, size);
        }
        for (int k = 0; k < count; k++) free(entries[k]);
        free(entries);
    }
}

/* Records around the limit: one byte decides, and it decides the same in blocks of every size. */
static void the_limit_is_the_same_everywhere(void **state)
{
    static const char szt[] = "note,card_no,deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no\n";
    static const char rest[] = ",ABCDEFGH,2026-03-02 08:15:30,2026-03-02,巴士,200,160,c,1\n";
    static const struct { const char *name; size_t record_size; bool quoted, line_ends; bool too_long; uint64_t records; } cases[] = {
        { "as long as allowed", CLR_RECORD_SIZE_MAX, false, false, false, 3 },
        { "one byte longer", CLR_RECORD_SIZE_MAX + 1, false, false, true, 1 },
        { "twice as long", 2 * CLR_RECORD_SIZE_MAX, false, false, true, 1 },
        { "quoted, as long as allowed", CLR_RECORD_SIZE_MAX, true, false, false, 3 },
        { "quoted lines, as long as allowed", CLR_RECORD_SIZE_MAX, true, true, false, 3 },
    };
    static char text[4 * CLR_RECORD_SIZE_MAX];
    static const size_t steps[] = { 1000, 4096, CLR_RECORD_SIZE_MAX, 2 * CLR_RECORD_SIZE_MAX, 0 };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = (size_t)snprintf(text, sizeof text, "%sfirst%s", szt, rest);
        const size_t filler = cases[i].record_size - (sizeof rest - 1);
        memset(text + size, 'n', filler);
        if (cases[i].quoted) text[size] = text[size + filler - 1] = '"';
        if (cases[i].line_ends) for (size_t at = 10; at < filler - 1; at += 100) text[size + at] = '\n';
        size += filler;
        size += (size_t)snprintf(text + size, sizeof text - size, "%slast%s", rest, rest);
        for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
            struct cover cover = { .bytes = { (const uint8_t *)text, size }, .reached = sizeof szt - 1 };
            const struct drive_options options = { .block_size = steps[k] };
            const struct drive_result result = drive(clr_codecs.codec[0], cover.bytes, &options, cover_visit, &cover);
            if (result.too_long != cases[i].too_long) fail_msg("%s in blocks of %d: too long %d", cases[i].name, (int)steps[k],
                                                               result.too_long);
            if (result.records != cases[i].records) fail_msg("%s in blocks of %d: %d records", cases[i].name, (int)steps[k],
                                                             (int)result.records);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_do_not_show),
        cmocka_unit_test(nothing_is_skipped),
        cmocka_unit_test(the_limit_is_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
