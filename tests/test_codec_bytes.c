/* test_codec_bytes.c: the fast readers of codecs/ against plain ones, over many seeds; encodings against tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../codecs/charset.h"
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
        if (clr_scan_mask(data, set) != clr_scan_mask_plain(data, set)) fail_msg("seed %d", (int)seed);
    }
}

/* From any start, the scanner finds exactly the special bytes from there, whatever the block's length. */
static void scanners_find_every_special(void **state)
{
    static const struct clr_scan_set set = { { ',', '"', '\n' } };

    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        uint64_t random = seed;
        uint8_t data[200];
        const size_t size = next_random(&random) % (sizeof data + 1), from = size == 0 ? 0 : next_random(&random) % (size + 1);
        for (size_t i = 0; i < size; i++) data[i] = (uint8_t)("abcdefgh,\"\n"[next_random(&random) % 11]);
        struct clr_scan scan = { .block = { data, size }, .set = set };
        clr_scan_seek(&scan, from);
        for (size_t at = from; at < size; at++) {
            if (data[at] != ',' && data[at] != '"' && data[at] != '\n') continue;
            const size_t found = clr_scan_next(&scan);
            if (found != at) fail_msg("seed %d: %d, wanted %d", (int)seed, (int)found, (int)at);
        }
        if (clr_scan_next(&scan) != size) fail_msg("seed %d: found one too many", (int)seed);
    }
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

static void encodings(void **state)
{
    static const struct { const char *name, *text; enum clr_rule utf8, gbk; } cases[] = {
        { "empty", "", CLR_RULE_NONE, CLR_RULE_NONE },
        { "ASCII", "line 7", CLR_RULE_NONE, CLR_RULE_NONE },
        { "tab and line ends", "a\t\r\n", CLR_RULE_NONE, CLR_RULE_NONE },
        { "bell", "a\a", CLR_RULE_CHARSET, CLR_RULE_CHARSET },
        { "DEL", "a\x7f", CLR_RULE_CHARSET, CLR_RULE_CHARSET },
        { "a Chinese word in UTF-8", "\xe5\x85\xac\xe4\xba\xa4", CLR_RULE_NONE, CLR_RULE_NONE },     /* by chance also three characters of GBK */
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
        { "plain", "plain" }, { "\\\"\\\\\\/", "\"\\/" }, { "\\b\\f\\n\\r\\t", "\b\f\n\r\t" }, { "\\u0041\\u00e9\\u4e00", "A\xc3\xa9\xe4\xb8\x80" },
        { "\\ud83d\\ude8c", "\xf0\x9f\x9a\x8c" }, { "\\ud83d", NULL }, { "\\ude8c", NULL }, { "\\ud83d\\u0041", NULL }, { "\\ud83dx", NULL },
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
        cmocka_unit_test(scan_masks_agree),  cmocka_unit_test(scanners_find_every_special), cmocka_unit_test(classes_agree),
        cmocka_unit_test(digits_agree),      cmocka_unit_test(one_bad_digit_is_seen),       cmocka_unit_test(hexadecimal),
        cmocka_unit_test(encodings),         cmocka_unit_test(code_points_round_trip),      cmocka_unit_test(json_escapes),
        cmocka_unit_test(lines_too_long_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
