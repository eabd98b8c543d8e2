/* test_codec_bytes.c: the fast readers of codecs/ against plain ones, over many seeds; encodings against tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../codecs/charset.h"
#include "../codecs/csvrow.h"
#include "../codecs/digits.h"
#include "../codecs/jsonwalk.h"
#include "../codecs/lines.h"
#include "../codecs/scan.h"

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static void scan_masks_agree(void **state)
{
    static const struct clr_scan_set set = { { ',', '"', '\n' } };
    static const uint8_t alphabet[] = { ',', '"', '\n', 'a', 0, 0x80, 0xff, '-', '!', '\r', 0x0b };

    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        uint64_t random = seed;
        uint8_t data[64];
        for (unsigned i = 0; i < 64; i++) data[i] = alphabet[next_random(&random) % sizeof alphabet];
        const struct clr_scan_masks fast = clr_scan_masks(data, set), plain = clr_scan_masks_plain(data, set);
        if (memcmp(&fast, &plain, sizeof fast) != 0) fail_msg("seed %d", (int)seed);
    }
}

static void inside_is_the_parity_of_what_stands_before(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        uint64_t random = seed;
        const uint64_t mask = next_random(&random) << 40 ^ next_random(&random) << 20 ^ next_random(&random);
        const uint64_t inside = clr_scan_inside(mask);
        for (unsigned i = 0, odd = 0; i < 64; i++) {
            odd ^= mask >> i & 1;
            if ((inside >> i & 1) != odd) fail_msg("seed %d, bit %u", (int)seed, i);
        }
    }
}

/* Whatever the quick reader takes, the strict one takes, and finds the same; and plain records are taken. */
static void quick_rows_are_strict_rows(void **state)
{
    static const char alphabet[] = "aaaabbbbcc,,,,\"\"\n\r", tidy[] = "\"a,b\",cc,\"\",\"d\",eeeeeee\n";
    static struct clr_csv_row quick, strict;
    unsigned taken = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        uint64_t random = seed;
        uint8_t text[300];
        size_t size = 1 + next_random(&random) % 150;
        for (size_t i = 0; i < size; i++) text[i] = (uint8_t)alphabet[next_random(&random) % (sizeof alphabet - 1)];
        if (seed % 2 == 0) {                                             /* else a tidy record with one byte changed */
            size = 0;
            for (unsigned k = 0; k < 5; k++) size += (size_t)snprintf((char *)text + size, sizeof text - size, "%s%.*s", k == 0 ? ""
                                                                      : "x,", (int)(next_random(&random) % 20), tidy);
            memcpy(text + size, tidy, sizeof tidy - 1);
            size += sizeof tidy - 1;
            text[next_random(&random) % size] = (uint8_t)alphabet[next_random(&random) % (sizeof alphabet - 1)];
        }
        const struct clr_bytes block = { text, size };
        if (!clr_csv_row_quick(block, 0, &quick)) continue;
        taken++;
        if (clr_csv_row_strict(block, 0, &strict) != CLR_CSV_WHOLE) fail_msg("seed %d: only the quick reader takes \"%.*s\"", (int)seed,
                                                                             (int)size, (char *)text);
        if (quick.size != strict.size || quick.columns != strict.columns || strict.escapes) fail_msg("seed %d: another record", (int)seed);
        if (memcmp(quick.column, strict.column, quick.columns * sizeof *quick.column) != 0) fail_msg("seed %d: other columns", (int)seed);
    }
    assert_true(taken > 2000);
    assert_true(clr_csv_row_quick(clr_bytes_text(tidy), 0, &quick));
    assert_int_equal(quick.columns, 5);
}

static void classes_agree(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t size = 1; size < 40; size++) {
            uint8_t text[40];
            memset(text, 'a', sizeof text);
            text[size / 2] = (uint8_t)byte;
            const struct clr_bytes bytes = clr_bytes_of(text, size);
            if (clr_scan_class(bytes) != clr_scan_class_plain(bytes)) fail_msg("byte %u in %d", byte, (int)size);
        }
    }
}

static bool plain_digits(const uint8_t *text, size_t size, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        *value = *value * 10 + (unsigned)(text[i] - '0');
    }
    return true;
}

static void digits_agree(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5000; seed++) {
        uint64_t random = seed, fast = 0, plain = 0;
        uint8_t text[18];
        const size_t size = 1 + next_random(&random) % 18;
        for (size_t i = 0; i < size; i++) text[i] = (uint8_t)('0' + next_random(&random) % 10);
        if (next_random(&random) % 3 == 0) text[next_random(&random) % size] = (uint8_t)next_random(&random);
        const bool fast_ok = clr_digits_read(text, size, &fast), plain_ok = plain_digits(text, size, &plain);
        if (fast_ok != plain_ok || (fast_ok && fast != plain)) fail_msg("seed %d", (int)seed);
    }
}

/* Every byte at every place among eight digits. */
static void one_bad_digit_is_seen(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        for (unsigned place = 0; place < 8; place++) {
            uint8_t text[8] = { '9', '0', '1', '9', '8', '0', '9', '9' };
            text[place] = (uint8_t)byte;
            if (clr_digits8_ok(clr_load8(text)) != (byte >= '0' && byte <= '9')) fail_msg("byte %u at %u", byte, place);
        }
    }
}

static void hexadecimal(void **state)
{
    uint32_t value;

    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        const uint8_t text[2] = { '1', (uint8_t)byte };
        const char *const digits = "0123456789abcdef0123456789ABCDEF", *const found = byte == 0 ? NULL : strchr(digits, (int)byte);
        if (clr_hex_read(text, 2, &value) != (found != NULL)) fail_msg("byte %u", byte);
        if (found != NULL) assert_int_equal(value, 16 + (unsigned)(found - digits) % 16);
    }
    assert_true(clr_hex_read((const uint8_t *)"fFfFfFfF", 8, &value));
    assert_int_equal(value, UINT32_MAX);
}

/* Eight at once, against one after the other, and every byte at every place. */
static void eight_hexadecimal_digits(void **state)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    uint32_t value;

    (void)state;
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        uint64_t random = seed;
        uint8_t text[8];
        uint32_t plain = 0;
        for (unsigned i = 0; i < 8; i++) {
            text[i] = (uint8_t)digits[next_random(&random) % 22];
            plain = plain << 4 | clr_hex_value[text[i]];
        }
        if (!clr_hex8_read(clr_load8(text), &value) || value != plain) fail_msg("seed %d", (int)seed);
        const unsigned place = (unsigned)(seed % 8);
        for (unsigned byte = 0; byte < 256; byte++) {
            text[place] = (uint8_t)byte;
            if (clr_hex8_read(clr_load8(text), &value) != (clr_hex_value[byte] < 16)) fail_msg("byte %u at %u", byte, place);
        }
    }
}

static void short_texts_compare(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 40; size++) {
        uint8_t a[40], b[40];
        memset(a, 'x', sizeof a);
        memset(b, 'x', sizeof b);
        assert_true(clr_same(a, b, size));
        for (size_t at = 0; at < size; at++) {
            b[at] = 'y';
            if (clr_same(a, b, size)) fail_msg("%d of %d", (int)at, (int)size);
            b[at] = 'x';
        }
        if (size < 40) b[size] = 'y';
        assert_true(clr_same(a, b, size));
    }
}

static void encodings(void **state)
{
    static const struct { const char *name, *text; enum clr_rule utf8, gbk; } cases[] = {
        { "empty", "", CLR_RULE_NONE, CLR_RULE_NONE },
        { "ASCII", "line 7", CLR_RULE_NONE, CLR_RULE_NONE },
        { "tab and line ends", "a\t\r\n", CLR_RULE_NONE, CLR_RULE_NONE },
        { "bell", "a\a", CLR_RULE_CHARSET, CLR_RULE_CHARSET },
        { "DEL", "a\x7f", CLR_RULE_CHARSET, CLR_RULE_CHARSET },
        { "a Chinese word in UTF-8", "\xe5\x85\xac\xe4\xba\xa4", CLR_RULE_NONE, CLR_RULE_NONE },
            /* by chance also three characters of GBK */
        { "a Chinese word in GBK", "\xb9\xab\xbd\xbb", CLR_RULE_ENCODING, CLR_RULE_NONE },
        { "two bytes", "\xc3\xa9", CLR_RULE_NONE, CLR_RULE_NONE },
        { "two bytes that fit in one", "\xc1\xbf", CLR_RULE_ENCODING, CLR_RULE_NONE },
        { "three bytes that fit in two", "\xe0\x9f\xbf", CLR_RULE_ENCODING, CLR_RULE_ENCODING },
        { "a surrogate", "\xed\xa0\x80", CLR_RULE_ENCODING, CLR_RULE_ENCODING },
        { "four bytes", "\xf0\x9f\x9a\x8c", CLR_RULE_NONE, CLR_RULE_NONE },
        { "four bytes that fit in three", "\xf0\x8f\xbf\xbf", CLR_RULE_ENCODING, CLR_RULE_NONE },
        { "above U+10FFFF", "\xf4\x90\x80\x80", CLR_RULE_ENCODING, CLR_RULE_ENCODING },
        { "half of three", "\xe5\x85", CLR_RULE_ENCODING, CLR_RULE_NONE },
        { "half of two", "\xb9", CLR_RULE_ENCODING, CLR_RULE_ENCODING },
        { "tail alone", "\x80", CLR_RULE_ENCODING, CLR_RULE_ENCODING },
        { "trail byte of ASCII range", "\x81\x40", CLR_RULE_ENCODING, CLR_RULE_NONE },
        { "trail byte DEL", "\x81\x7f", CLR_RULE_ENCODING, CLR_RULE_ENCODING },
        { "four bytes of GB18030", "\x81\x30\x81\x30", CLR_RULE_ENCODING, CLR_RULE_NONE },
        { "three bytes of GB18030", "\x81\x30\x81", CLR_RULE_ENCODING, CLR_RULE_ENCODING },
        { "four bytes, the third wrong", "\x81\x30\x30\x30", CLR_RULE_ENCODING, CLR_RULE_ENCODING },
        { "0xff", "\xff\xff", CLR_RULE_ENCODING, CLR_RULE_ENCODING },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct clr_bytes text = clr_bytes_text(cases[i].text);
        if (clr_text_check(text, false) != cases[i].utf8) fail_msg("%s as UTF-8", cases[i].name);
        if (clr_text_check(text, true) != cases[i].gbk) fail_msg("%s as GB18030", cases[i].name);
    }
    assert_int_equal(clr_text_check(clr_bytes_of("a\0b", 3), false), CLR_RULE_CHARSET);
}

/* What clr_text_put writes, clr_text_check takes, for every code point there is; and it refuses the others. */
static void code_points_round_trip(void **state)
{
    uint8_t text[4];

    (void)state;
    for (uint32_t point = 0x80; point <= 0x10ffff; point++) {
        const unsigned size = clr_text_put(text, point);
        const bool surrogate = point >= 0xd800 && point <= 0xdfff;
        if ((size == 0) != surrogate) fail_msg("U+%04X", point);
        if (size > 0 && clr_text_check(clr_bytes_of(text, size), false) != CLR_RULE_NONE) fail_msg("U+%04X", point);
    }
    assert_int_equal(clr_text_put(text, 0x110000), 0);
    assert_int_equal(clr_text_put(text, UINT32_MAX), 0);
}

static void json_escapes(void **state)
{
    static const struct { const char *text, *want; } cases[] = {
        { "plain", "plain" }, { "\\\"\\\\\\/", "\"\\/" }, { "\\b\\f\\n\\r\\t", "\b\f\n\r\t" },
            { "\\u0041\\u00e9\\u4e00", "A\xc3\xa9\xe4\xb8\x80" },
        { "\\ud83d\\ude8c", "\xf0\x9f\x9a\x8c" }, { "\\ud83d", NULL }, { "\\ude8c", NULL }, { "\\ud83d\\u0041", NULL },
            { "\\ud83dx", NULL },
        { "\\u12", NULL }, { "\\u12G4", NULL }, { "\\x", NULL }, { "\\", NULL },
    };
    uint8_t to[16];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t size = clr_json_unescape(clr_bytes_text(cases[i].text), to, sizeof to);
        if ((size == SIZE_MAX) != (cases[i].want == NULL)) fail_msg("%s", cases[i].text);
        if (size != SIZE_MAX && !clr_bytes_equal(clr_bytes_of(to, size), clr_bytes_text(cases[i].want))) fail_msg("%s", cases[i].text);
    }
    assert_true(clr_json_unescape(clr_bytes_text("0123456789abcdef"), to, sizeof to) == 16);
    assert_true(clr_json_unescape(clr_bytes_text("0123456789abcdefg"), to, sizeof to) == SIZE_MAX);
}

static void lines_too_long_are_found(void **state)
{
    static uint8_t text[3 * CLR_RECORD_SIZE_MAX];
    static const struct { const char *name; size_t size, ends[4], want; } cases[] = {
        { "no line end, as long as allowed", CLR_RECORD_SIZE_MAX, { 0 }, CLR_RECORD_SIZE_MAX },
        { "no line end, one longer", CLR_RECORD_SIZE_MAX + 1, { 0 }, 0 },
        { "line end as the last byte allowed", CLR_RECORD_SIZE_MAX + 9, { CLR_RECORD_SIZE_MAX - 1 }, CLR_RECORD_SIZE_MAX + 9 },
        { "line end one later", CLR_RECORD_SIZE_MAX + 9, { CLR_RECORD_SIZE_MAX }, 0 },
        { "second line too long", 2 * CLR_RECORD_SIZE_MAX + 9, { 100, CLR_RECORD_SIZE_MAX + 101 }, 101 },
        { "third line too long", 3 * CLR_RECORD_SIZE_MAX, { 5, 1000 }, 1001 },
        { "three lines in order", 2 * CLR_RECORD_SIZE_MAX, { 5, CLR_RECORD_SIZE_MAX + 5 }, 2 * CLR_RECORD_SIZE_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(text, 'x', sizeof text);
        for (unsigned k = 0; k < 4 && cases[i].ends[k] != 0; k++) text[cases[i].ends[k]] = '\n';
        const size_t found = clr_lines_long(clr_bytes_of(text, cases[i].size));
        if (found != cases[i].want) fail_msg("%s: %d", cases[i].name, (int)found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scan_masks_agree),  cmocka_unit_test(inside_is_the_parity_of_what_stands_before),
        cmocka_unit_test(quick_rows_are_strict_rows), cmocka_unit_test(classes_agree), cmocka_unit_test(eight_hexadecimal_digits),
        cmocka_unit_test(short_texts_compare),
        cmocka_unit_test(digits_agree),      cmocka_unit_test(one_bad_digit_is_seen),       cmocka_unit_test(hexadecimal),
        cmocka_unit_test(encodings),         cmocka_unit_test(code_points_round_trip),      cmocka_unit_test(json_escapes),
        cmocka_unit_test(lines_too_long_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
