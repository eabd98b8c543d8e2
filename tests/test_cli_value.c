/* test_cli_value.c: numbers and sizes as people type and read them; languages; the width of characters; suggestions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "suggest.h"
#include "text.h"
#include "utf8.h"
#include "value.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void counts_are_digits_that_fit(void **state)
{
    static const struct { const char *name, *text; bool good; uint64_t want; } cases[] = {
        { "zero", "0", true, 0 },
        { "leading zeros", "007", true, 7 },
        { "largest", "18446744073709551615", true, UINT64_MAX },
        { "one more", "18446744073709551616", false, 0 },
        { "ten times", "184467440737095516150", false, 0 },
        { "empty", "", false, 0 },
        { "sign", "+1", false, 0 },
        { "negative", "-1", false, 0 },
        { "blank before", " 1", false, 0 },
        { "blank after", "1 ", false, 0 },
        { "separator", "1,000", false, 0 },
        { "fraction", "1.5", false, 0 },
        { "letter", "1k", false, 0 },
        { "wide digit", "\xEF\xBC\x91", false, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t number = 4711;
        const bool good = value_count(cases[i].text, &number);
        if (good != cases[i].good || number != (good ? cases[i].want : 4711)) fail_msg("%s", cases[i].name);
    }
}

static void sizes_have_units(void **state)
{
    static const struct { const char *name, *text; bool good; uint64_t want; } cases[] = {
        { "bytes", "512", true, 512 },
        { "bytes with B", "512B", true, 512 },
        { "K", "4K", true, 4096 },
        { "small k", "4k", true, 4096 },
        { "KiB", "4KiB", true, 4096 },
        { "KB", "4KB", true, 4000 },
        { "M", "3M", true, UINT64_C(3) << 20 },
        { "MB", "3MB", true, 3000000 },
        { "GiB with a blank", "2 GiB", true, UINT64_C(2) << 30 },
        { "GB", "2GB", true, UINT64_C(2000000000) },
        { "T", "1T", true, UINT64_C(1) << 40 },
        { "TB", "1tb", true, UINT64_C(1000000000000) },
        { "largest", "16777215T", true, UINT64_C(16777215) << 40 },
        { "overflow", "16777216T", false, 0 },
        { "overflow of digits", "99999999999999999999", false, 0 },
        { "no digits", "G", false, 0 },
        { "empty", "", false, 0 },
        { "negative", "-1G", false, 0 },
        { "fraction", "1.5G", false, 0 },
        { "unknown unit", "1X", false, 0 },
        { "two units", "1KK", false, 0 },
        { "two blanks", "1  K", false, 0 },
        { "trailing", "1K ", false, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t number = 4711;
        const bool good = value_size(cases[i].text, &number);
        if (good != cases[i].good || number != (good ? cases[i].want : 4711)) fail_msg("%s", cases[i].name);
    }
}

static void numbers_are_written_for_people(void **state)
{
    static const struct { uint64_t number; const char *count, *size, *duration, *micros; } cases[] = {
        { 0, "0", "0 B", "0:00", "0.000000" },
        { 7, "7", "7 B", "0:07", "0.000007" },
        { 999, "999", "999 B", "16:39", "0.000999" },
        { 1000, "1,000", "1000 B", "16:40", "0.001000" },
        { 1023, "1,023", "1023 B", "17:03", "0.001023" },
        { 1024, "1,024", "1.0 KiB", "17:04", "0.001024" },
        { 1536, "1,536", "1.5 KiB", "25:36", "0.001536" },
        { 1048575, "1,048,575", "1023.9 KiB", "291:16:15", "1.048575" },
        { UINT64_C(1610612736), "1,610,612,736", "1.5 GiB", "447392:25:36", "1610.612736" },
        { UINT64_MAX, "18,446,744,073,709,551,615", "15.9 EiB", "5124095576030431:00:15", "18446744073709.551615" },
    };
    char text[VALUE_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_string_equal(value_count_text(cases[i].number, text), cases[i].count);
        assert_string_equal(value_size_text(cases[i].number, text), cases[i].size);
        assert_string_equal(value_duration_text(cases[i].number, text), cases[i].duration);
        assert_string_equal(value_micros_text(cases[i].number, text), cases[i].micros);
    }
}

static void shares_and_rates_do_not_overflow(void **state)
{
    (void)state;
    assert_int_equal(value_percent(0, 0), 0);
    assert_int_equal(value_percent(1, 3), 33);
    assert_int_equal(value_percent(3, 3), 100);
    assert_int_equal(value_percent(4, 3), 100);
    assert_int_equal(value_percent(UINT64_MAX - 1, UINT64_MAX), 99);
    assert_int_equal(value_rate(10, 0), 0);
    assert_int_equal(value_rate(10, 2000000), 5);
    assert_int_equal(value_rate(1, 3000000), 0);
    assert_true(value_rate(UINT64_MAX, 1) == UINT64_MAX);
}

static void hex_is_lower_case(void **state)
{
    static const uint8_t bytes[] = { 0x00, 0x9a, 0xff };
    char text[7];

    (void)state;
    assert_string_equal(value_hex(bytes, sizeof bytes, text), "009aff");
    assert_string_equal(value_hex(bytes, 0, text), "");
}

static void language_by_environment(void **state)
{
    static const struct { const char *name, *clear_lang, *lang; enum text_lang want; } cases[] = {
        { "nothing set", NULL, NULL, TEXT_EN },
        { "both empty", "", "", TEXT_EN },
        { "LANG Chinese", NULL, "zh_CN.UTF-8", TEXT_ZH },
        { "LANG Chinese, short", NULL, "zh", TEXT_ZH },
        { "LANG with hyphen", NULL, "zh-TW", TEXT_ZH },
        { "LANG English", NULL, "en_GB.UTF-8", TEXT_EN },
        { "LANG C", NULL, "C.UTF-8", TEXT_EN },
        { "LANG a longer word", NULL, "zhuang", TEXT_EN },
        { "CLEAR_LANG over LANG", "en", "zh_CN.UTF-8", TEXT_EN },
        { "CLEAR_LANG Chinese", "zh", "en_US.UTF-8", TEXT_ZH },
        { "CLEAR_LANG unknown", "fr", "zh_CN", TEXT_ZH },
        { "CLEAR_LANG unknown, LANG too", "fr", "de", TEXT_EN },
    };
    enum text_lang lang = TEXT_EN;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (text_lang_of_environment(cases[i].clear_lang, cases[i].lang) != cases[i].want) fail_msg("%s", cases[i].name);
    assert_true(text_lang_parse("zh", &lang) && lang == TEXT_ZH);
    assert_true(text_lang_parse("en", &lang) && lang == TEXT_EN);
    assert_false(text_lang_parse("zh_CN", &lang));
    assert_false(text_lang_parse("", &lang));
    assert_string_equal(text_of("yes", "是"), "yes");
    text_lang_set(TEXT_ZH);
    assert_string_equal(text_of("yes", "是"), "是");
    assert_string_equal(text_lang_name(), "zh");
    text_lang_set(TEXT_EN);
    assert_string_equal(text_lang_name(), "en");
}

static void widths_of_characters(void **state)
{
    static const struct { const char *name, *text; size_t want; } cases[] = {
        { "empty", "", 0 },
        { "ASCII", "abc", 3 },
        { "Chinese", "结算", 4 },
        { "mixed", "a结b", 4 },
        { "full-width comma", "，", 2 },
        { "full-width letter", "Ａ", 2 },
        { "Latin with accent", "é", 1 },
        { "combining accent", "e\xCC\x81", 1 },
        { "CJK extension B", "\xF0\xA0\x80\x80", 2 },
        { "curly quotes are narrow", "“”", 2 },
        { "a broken byte", "a\xFFz", 3 },
        { "a cut character", "\xE7\xBB", 2 },
        { "an overlong slash", "\xC0\xAF", 2 },
        { "a surrogate", "\xED\xA0\x80", 3 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (utf8_text_width(cases[i].text) != cases[i].want) fail_msg("%s: %zu", cases[i].name, utf8_text_width(cases[i].text));
}

static void characters_well_formed_or_replaced(void **state)
{
    static const struct { const char *name, *text; size_t size; uint32_t code; size_t taken; } cases[] = {
        { "NUL", "\0", 1, 0, 1 },
        { "ASCII", "A", 1, 'A', 1 },
        { "two bytes, smallest", "\xC2\x80", 2, 0x80, 2 },
        { "three bytes, largest", "\xEF\xBF\xBF", 3, 0xFFFF, 3 },
        { "four bytes, largest", "\xF4\x8F\xBF\xBF", 4, 0x10FFFF, 4 },
        { "above Unicode", "\xF4\x90\x80\x80", 4, UTF8_REPLACEMENT, 1 },
        { "lead F5", "\xF5\x80\x80\x80", 4, UTF8_REPLACEMENT, 1 },
        { "continuation alone", "\x80", 1, UTF8_REPLACEMENT, 1 },
        { "cut after the lead", "\xE7", 1, UTF8_REPLACEMENT, 1 },
        { "wrong continuation", "\xE7\x41\x41", 3, UTF8_REPLACEMENT, 1 },
        { "overlong of two", "\xC1\xBF", 2, UTF8_REPLACEMENT, 1 },
        { "overlong of three", "\xE0\x9F\xBF", 3, UTF8_REPLACEMENT, 1 },
        { "overlong of four", "\xF0\x8F\xBF\xBF", 4, UTF8_REPLACEMENT, 1 },
        { "surrogate", "\xED\xBF\xBF", 3, UTF8_REPLACEMENT, 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint32_t code;
        const size_t taken = utf8_next(cases[i].text, cases[i].size, &code);
        if (taken != cases[i].taken || code != cases[i].code) fail_msg("%s", cases[i].name);
    }
}

static void distances_and_suggestions(void **state)
{
    static const struct { const char *a, *b; unsigned want; } pairs[] = {
        { "", "", 0 }, { "abc", "", 3 }, { "ingest", "ingest", 0 }, { "INGEST", "ingest", 0 }, { "ingets", "ingest", 1 },
        { "ingst", "ingest", 1 }, { "inngest", "ingest", 1 }, { "imgest", "ingest", 1 }, { "settle", "status", 4 },
    };
    static const struct { const char *typed, *want; } cases[] = {
        { "ingset", "ingest" }, { "setle", "settle" }, { "stats", "status" }, { "veri", "verify" }, { "wy", "why" },
        { "digset", "digest" }, { "completely", NULL }, { "", NULL }, { "xyzzy", NULL }, { "po", NULL },
    };
    static const char *const words[] = { "ingest", "settle", "status", "verify", "why", "digest", "positions" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        if (suggest_distance(pairs[i].a, pairs[i].b) != pairs[i].want) fail_msg("%s %s", pairs[i].a, pairs[i].b);
        if (suggest_distance(pairs[i].b, pairs[i].a) != pairs[i].want) fail_msg("%s %s", pairs[i].b, pairs[i].a);
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct suggestion near = { .typed = cases[i].typed };
        for (size_t j = 0; j < COUNT_OF(words); j++) suggest_offer(&near, words[j]);
        if ((near.best == NULL) != (cases[i].want == NULL) || (near.best != NULL && strcmp(near.best, cases[i].want) != 0))
            fail_msg("%s: %s", cases[i].typed, near.best == NULL ? "nothing" : near.best);
    }
}

static void long_words_are_far(void **state)
{
    char long_word[200];

    (void)state;
    memset(long_word, 'a', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    assert_int_equal(suggest_distance(long_word, "ingest"), 64);
    assert_int_equal(suggest_distance("ingest", long_word), 64);
    long_word[63] = '\0';
    assert_int_equal(suggest_distance(long_word, "a"), 62);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_digits_that_fit),
        cmocka_unit_test(sizes_have_units),
        cmocka_unit_test(numbers_are_written_for_people),
        cmocka_unit_test(shares_and_rates_do_not_overflow),
        cmocka_unit_test(hex_is_lower_case),
        cmocka_unit_test(language_by_environment),
        cmocka_unit_test(widths_of_characters),
        cmocka_unit_test(characters_well_formed_or_replaced),
        cmocka_unit_test(distances_and_suggestions),
        cmocka_unit_test(long_words_are_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
