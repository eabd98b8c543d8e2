/*
 * test_trade_quick.c: the quick readers of trade-csv against the general one: whatever the bytes, all three write the same records. Over every
 * byte at every place of a record, the fixtures damaged at random, records of odd numbers, and random bytes. Blocks are copies of exactly
 * their own size, so that a sanitizer sees a read outside.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../codecs/codecs.h"
#include "../codecs/tradequick.h"

#define RECORDS_MAX 96
#define HEADER "card,terminal,serial,counter,amount_fen,time,city_card,city_trade,service,type,tac\n"
#define GOOD "3103120000000001234,312000000042,000005001,17,200,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE\n"
#define SHORT "3120000000001234,42,7,0,0,2026-03-02 23:59:59,3120,3050,08,09,5a17c0de\r\n"

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static struct clr_codec_file open_header(bool yuan)
{
    struct clr_codec_file file = { .codec = &clr_codec_trade_csv, .name = "t.csv", .size = sizeof HEADER - 1, .units_yuan = yuan };

    assert_int_equal(clr_codec_trade_csv.open(&file, clr_bytes_text(HEADER), NULL), CLR_OK);
    return file;
}

/* Always into the same records, so that slices into a record's own text have the same addresses. */
static struct clr_raw out[RECORDS_MAX], general[RECORDS_MAX];

static size_t decode(clr_trade_quick *quick, const struct clr_codec_file *file, struct clr_bytes block, size_t *at)
{
    size_t count = 0;

    memset(out, 0x5a, sizeof out);
    *at = 0;
    clr_trade_csv_decode(quick, file, block, at, out, RECORDS_MAX, &count);
    return count;
}

static void check_same(const char *name, struct clr_bytes block, size_t count, size_t at, size_t found, size_t stopped)
{
    if (found != count || stopped != at) fail_msg("%s: %zu records to %zu instead of %zu to %zu:\n%.*s", name, found, stopped, count, at, (int)block.size, (const char *)block.data);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(&out[i], &general[i], CLR_RAW_COMMON_SIZE) != 0) fail_msg("%s: record %zu differs:\n%.*s", name, i, (int)block.size, (const char *)block.data);
        if (memcmp(out[i].text, general[i].text, sizeof out[i].text) != 0) fail_msg("%s: text of record %zu differs", name, i);
    }
}

/* `text` as a block of its own: the general reader's records against those of both quick ones. */
static void compare(const void *text, size_t size, bool yuan)
{
    const struct clr_codec_file file = open_header(yuan);
    uint8_t *const copy = malloc(size + (size == 0));
    size_t at, stopped;

    assert_non_null(copy);
    if (size > 0) memcpy(copy, text, size);
    const struct clr_bytes block = { copy, size };
    const size_t count = decode(NULL, &file, block, &at);
    memcpy(general, out, sizeof out);
    size_t found = decode(clr_trade_quick_plain, &file, block, &stopped);
    check_same("plain", block, count, at, found, stopped);
    if (clr_trade_quick_avx2() != NULL) {
        found = decode(clr_trade_quick_avx2(), &file, block, &stopped);
        check_same("avx2", block, count, at, found, stopped);
    }
    free(copy);
}

/* ---- they do take what they are for ---- */

static size_t taken(clr_trade_quick *quick, const char *text)
{
    const struct clr_codec_file file = { .units_yuan = false };
    struct clr_reader reader;
    size_t at = 0;

    clr_reader_init(&reader, &file);
    const size_t count = quick(clr_bytes_text(text), &at, &reader, out, RECORDS_MAX);
    for (size_t i = 0; i < count; i++) assert_int_equal(out[i].reasons, 0);
    return count;
}

static void plain_records_are_taken(void **state)
{
    static const struct { const char *name, *text; size_t taken; } cases[] = {
        { "one, and two behind it", GOOD GOOD GOOD, 2 },
        { "CR LF, small numbers, a blank", SHORT SHORT SHORT, 2 },
        { "eight", GOOD SHORT GOOD SHORT GOOD SHORT GOOD SHORT GOOD GOOD, 9 },
        { "up to a blank line", GOOD GOOD "\n" GOOD GOOD GOOD, 2 },
        { "up to a quote", GOOD "\"3103120000000001234\",1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE\n" GOOD GOOD, 1 },
        { "none without a TAC", "3103120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,\n" GOOD GOOD, 0 },
        { "none near the end", GOOD, 0 },
        { "none of nothing", "", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (taken(clr_trade_quick_plain, cases[i].text) != cases[i].taken) fail_msg("%s: plain", cases[i].name);
        if (clr_trade_quick_avx2() != NULL && taken(clr_trade_quick_avx2(), cases[i].text) != cases[i].taken) fail_msg("%s: avx2", cases[i].name);
    }
    assert_true(clr_trade_quick_best() == (clr_trade_quick_avx2() != NULL ? clr_trade_quick_avx2() : clr_trade_quick_plain));
}

static void fullness_is_respected(void **state)
{
    static const char text[] = GOOD SHORT GOOD SHORT GOOD GOOD;
    const struct clr_codec_file file = open_header(false);

    (void)state;
    for (size_t max = 1; max <= 6; max++) {
        size_t at = 0, count, all = 0;
        while (at < sizeof text - 1) {
            clr_codec_trade_csv.decode(&file, clr_bytes_text(text), &at, out, max, &count);
            assert_in_range(count, 1, max);
            all += count;
        }
        assert_int_equal(all, 6);
    }
}

/* ---- and agree about everything ---- */

static void every_byte_at_every_place(void **state)
{
    static const char *const records[] = { GOOD GOOD GOOD, SHORT SHORT SHORT, "310312000000000123,312000000042,5001,65535,9999999,2026-12-31T00:00:00,3120,3050,07,06,0000000A\r\n" GOOD GOOD };
    char text[512];

    (void)state;
    for (size_t r = 0; r < sizeof records / sizeof *records; r++) {
        const size_t size = strlen(records[r]), first = (size_t)(strchr(records[r], '\n') - records[r]) + 1;
        for (size_t place = 0; place < first + 20; place++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                memcpy(text, records[r], size);
                text[place] = (char)byte;
                compare(text, size, false);
            }
        }
    }
}

static void every_length_of_block(void **state)
{
    static const char text[] = GOOD SHORT GOOD "\n" SHORT GOOD;

    (void)state;
    for (size_t size = 0; size < sizeof text; size++) compare(text, size, false);
    for (size_t from = 0; from < 300; from++) compare(text + from, sizeof text - 1 - from, false);
    compare(text, sizeof text - 1, true);
}

/* A field drawn near the edges of what it may be. */
static int odd_number(char *to, size_t room, uint64_t *random, unsigned digits)
{
    static const char *const edges[] = { "", "0", "65535", "65536", "99999", "999999999", "1234567890", "123456789012", "1234567890123", "10000000", "9999999", "-1", "1.5" };
    const uint64_t draw = next_random(random);

    if (draw % 8 == 0) return snprintf(to, room, "%s", edges[next_random(random) % (sizeof edges / sizeof *edges)]);
    uint64_t limit = 1;
    for (uint64_t i = 0; i <= draw / 8 % digits; i++) limit *= 10;
    const unsigned long long number = (next_random(random) << 31 ^ next_random(random)) % limit;
    return snprintf(to, room, "%0*llu", draw % 3 == 0 ? (int)digits : 1, number);
}

static size_t odd_record(char *to, size_t room, uint64_t *random)
{
    static const char *const times[] = { "2026-03-02T08:15:30", "2026-03-03 00:00:00", "2026-02-29T08:15:30", "2026-03-02T24:00:00", "2026-03-02t08:15:30", "2105-12-31T23:59:59" };
    static const char *const tails[] = { "3120,3050,01,06,5A17C0DE", "3120,3050,08,09,00000000", ",3050,01,06,5A17C0DE", "3120,,01,06,FFFFFFFF", "3120,3050,09,06,5A17C0DE",
                                         "3120,3050,01,07,30303030", "3120,3050,01,06,", "3120,3050,02,06,ffffFFFE", "3120,3050,00,6,5A17C0DE" };
    char number[5][40];

    odd_number(number[0], 40, random, 16 + (unsigned)(next_random(random) % 5));
    for (unsigned i = 1; i < 5; i++) odd_number(number[i], 40, random, i == 1 ? 12 : i == 2 ? 9 : i == 3 ? 5 : 7);
    const bool usual = next_random(random) % 2 == 0;
    return (size_t)snprintf(to, room, "%s,%s,%s,%s,%s,%s,%s%s", usual ? "3103120000000001234" : number[0], number[1], number[2], number[3], number[4],
                            times[usual ? 0 : next_random(random) % 6], tails[usual ? 0 : next_random(random) % 9], next_random(random) % 4 == 0 ? "\r\n" : "\n");
}

static void odd_records(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        uint64_t random = seed;
        char text[1200];
        size_t size = 0;
        for (unsigned i = 0; i < 4; i++) size += odd_record(text + size, sizeof text - size, &random);
        memcpy(text + size, GOOD GOOD, sizeof GOOD GOOD - 1);
        compare(text, size + sizeof GOOD GOOD - 1, false);
    }
}

static void random_bytes(void **state)
{
    static const char alphabet[] = "0123456789,,,,--T::\"\r\n AF";

    (void)state;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        uint64_t random = seed;
        uint8_t text[600];
        const size_t size = next_random(&random) % sizeof text;
        for (size_t i = 0; i < size; i++) text[i] = seed % 2 == 0 ? (uint8_t)next_random(&random) : (uint8_t)alphabet[next_random(&random) % (sizeof alphabet - 1)];
        compare(text, size, seed % 7 == 0);
    }
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strstr(entry->d_name, ".want") == NULL;
}

static void damaged_fixtures(void **state)
{
    static const char interesting[] = "\n\r\",,0159AFaf-:T .x\x7f\x80";
    static char text[1 << 16];
    struct dirent **entries;
    const int count = scandir(CLR_FIXTURES "/trade-csv", &entries, is_input, alphasort);

    (void)state;
    assert_true(count >= 8);
    for (int k = 0; k < count; k++) {
        char path[1400];
        snprintf(path, sizeof path, "%s/trade-csv/%s", CLR_FIXTURES, entries[k]->d_name);
        FILE *const from = fopen(path, "rb");
        assert_non_null(from);
        const size_t size = fread(text, 1, sizeof text - 1, from);
        fclose(from);
        text[size] = '\0';
        const char *const line_end = strchr(text, '\n');
        const size_t start = line_end == NULL ? 0 : (size_t)(line_end - text) + 1;
        compare(text + start, size - start, false);
        for (uint64_t seed = 1; seed <= 300 && size > start; seed++) {
            uint64_t random = seed * 7919 + (uint64_t)k;
            char one[sizeof text];
            memcpy(one, text + start, size - start);
            for (uint64_t changes = 1 + next_random(&random) % 6; changes > 0; changes--)
                one[next_random(&random) % (size - start)] = interesting[next_random(&random) % (sizeof interesting - 1)];
            const size_t from_byte = next_random(&random) % (size - start);
            compare(one + (seed % 2 == 0 ? from_byte : 0), size - start - (seed % 2 == 0 ? from_byte : 0), false);
        }
        free(entries[k]);
    }
    free(entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_records_are_taken), cmocka_unit_test(fullness_is_respected), cmocka_unit_test(every_byte_at_every_place),
        cmocka_unit_test(every_length_of_block),   cmocka_unit_test(odd_records),           cmocka_unit_test(random_bytes),
        cmocka_unit_test(damaged_fixtures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
