/* test_token.c: canonical blocks byte by byte, the permutation and its way back, masks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/token.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static struct clr_tokenizer *tokenizer, *other;

static int create_two(void **state)
{
    uint8_t key[CLR_STORE_KEY_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof key; i++) key[i] = (uint8_t)i;
    if (clr_tokenizer_create(key, &tokenizer) != CLR_OK) return -1;
    key[31] ^= 1;
    return clr_tokenizer_create(key, &other) == CLR_OK ? 0 : -1;
}

static int destroy_two(void **state)
{
    (void)state;
    clr_tokenizer_destroy(tokenizer);
    clr_tokenizer_destroy(other);
    clr_tokenizer_destroy(NULL);                     /* as free(NULL) */
    return 0;
}

static void hex_of(const uint8_t *bytes, char text[33])
{
    for (int i = 0; i < 16; i++) snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static void blocks_are_laid_out_as_drawn(void **state)
{
    static const struct { const char *name, *number, *block; } cases[] = {
        { "no card",                  "",                               "00000000000000000000000000000000" },
        { "blanks are no card",       "     ",                          "00000000000000000000000000000000" },
        { "one digit",                "7",                              "41700000000000000000000000000000" },
        { "even digits",              "1234567890123456",               "50123456789012345600000000000000" },
        { "odd digits",               "123",                            "43123000000000000000000000000000" },
        { "leading zeros dropped",    "000123",                         "43123000000000000000000000000000" },
        { "zero keeps a digit",       "0000000000000000",               "41000000000000000000000000000000" },
        { "blanks around it",         "  123 ",                         "43123000000000000000000000000000" },
        { "thirty digits",            "123456789012345678901234567890", "5e123456789012345678901234567890" },
        { "thirty after zeros",       "00123456789012345678901234567890", "5e123456789012345678901234567890" },
        { "text, first of alphabet",  "A",                              "81280000000000000000000000000000" },
        { "text keeps zeros and case","0Za",                            "83023900000000000000000000000000" },
        { "an ID number",             "11010519491231002X",             "920410010050491090420c10000a1000" },
    };
    char hex[33];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t block[16];
        clr_card_block(tokenizer, clr_bytes_text(cases[i].number), block);
        hex_of(block, hex);
        if (strcmp(hex, cases[i].block) != 0) fail_msg("%s: %s", cases[i].name, hex);
    }
}

static void what_does_not_fit_is_hashed_under_the_key(void **state)
{
    static const char *const numbers[] = {
        "1234567890123456789012345678901",           /* 31 digits */
        "ABCDEFGHIJKLMNOPQRSTU",                     /* 21 letters */
        "6217-0012",                                 /* a character of neither kind */
        "12 34",                                     /* a blank inside */
        "\xE5\x8D\xA1",                              /* Chinese */
    };
    uint8_t seen[COUNT_OF(numbers)][16];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uint8_t elsewhere[16];
        clr_card_block(tokenizer, clr_bytes_text(numbers[i]), seen[i]);
        clr_card_block(other, clr_bytes_text(numbers[i]), elsewhere);
        assert_int_equal(seen[i][0], 0xC0);
        assert_memory_not_equal(seen[i], elsewhere, 16);
        for (size_t j = 0; j < i; j++) assert_memory_not_equal(seen[i], seen[j], 16);
    }
    uint8_t with_nul[16], without[16];
    clr_card_block(tokenizer, clr_bytes_of("12\0", 3), with_nul);
    clr_card_block(tokenizer, clr_bytes_of("12", 2), without);
    assert_int_equal(with_nul[0], 0xC0);
    assert_int_equal(without[0], 0x42);
}

static void tokens_turn_back_with_the_key_alone(void **state)
{
    static const struct { const char *number, *back; } cases[] = {
        { "", "" }, { "  ", "" }, { "7", "7" }, { "0", "0" }, { "000", "0" }, { "0012", "12" }, { "3120000012345678", "3120000012345678" },
        { "123456789012345678901234567890", "123456789012345678901234567890" }, { "11010519491231002X", "11010519491231002X" },
        { "zZaA09", "zZaA09" }, { "00A", "00A" }, { "ABCDEFGHIJabcdefghij", "ABCDEFGHIJabcdefghij" },
        { "1234567890123456789012345678901", "?" }, { "12-3", "?" },
    };
    struct clr_token tokens[COUNT_OF(cases)];
    char text[CLR_CARD_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) clr_card_block(tokenizer, clr_bytes_text(cases[i].number), tokens[i].byte);
    clr_tokens_of_blocks(tokenizer, tokens, COUNT_OF(cases));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        clr_token_number(tokenizer, &tokens[i], text);
        if (strcmp(text, cases[i].back) != 0) fail_msg("\"%s\" came back as \"%s\"", cases[i].number, text);
        clr_token_number(other, &tokens[i], text);   /* another key never shows the number */
        if (cases[i].back[0] != '\0' && strcmp(text, cases[i].back) == 0 && cases[i].back[0] != '?') fail_msg("%s", cases[i].number);
    }
}

/* One block at a time or many at once, equal numbers give equal tokens and different numbers different ones. */
/** Every length has its way of packing: whatever the way, the number comes back, and zeros before it change nothing. */
static void numbers_of_every_length_come_back(void **state)
{
    (void)state;
    uint64_t seed = 20260302;
    for (unsigned round = 0; round < 20000; round++) {
        char number[40] = "00", back[CLR_CARD_TEXT_SIZE];
        const size_t size = 1 + round % 28;
        for (size_t i = 0; i < size; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            number[2 + i] = (char)('0' + (i == 0 ? 1 + (seed >> 33) % 9 : (seed >> 33) % 10));
        }
        struct clr_token plain, padded;
        clr_card_block(tokenizer, clr_bytes_of(number + 2, size), plain.byte);
        clr_card_block(tokenizer, clr_bytes_of(number, size + 2), padded.byte);
        assert_memory_equal(&plain, &padded, sizeof plain);
        clr_tokens_of_blocks(tokenizer, &plain, 1);
        clr_token_number(tokenizer, &plain, back);
        assert_string_equal(back, number + 2);
    }
}

static void bulk_and_single_agree(void **state)
{
    enum { COUNT = 1000 };
    static struct clr_token bulk[COUNT];

    (void)state;
    clr_tokens_of_blocks(tokenizer, bulk, 0);
    for (int i = 0; i < COUNT; i++) {
        char number[24];
        snprintf(number, sizeof number, "31200000%08d", i / 2);
        clr_card_block(tokenizer, clr_bytes_text(number), bulk[i].byte);
    }
    static struct clr_token single[COUNT];
    memcpy(single, bulk, sizeof bulk);
    clr_tokens_of_blocks(tokenizer, bulk, COUNT);
    for (int i = 0; i < COUNT; i++) {
        clr_tokens_of_blocks(tokenizer, &single[i], 1);
        assert_true(clr_token_equal(&single[i], &bulk[i]));
        if (i > 0) assert_int_equal(clr_token_equal(&bulk[i], &bulk[i - 1]), i % 2 == 1);
    }
}

/* Computed with `openssl enc -aes-128-ecb` and Python's hashlib.blake2b: the layout of stores must never drift. */
static void tokens_are_the_same_in_every_release(void **state)
{
    static const struct { const char *number, *token; } cases[] = {
        { "",                 "c550a6d0f3190656aefc1a4593ed586e" },
        { "3120000012345678", "335ee3a123a96c00e14b13eefd33ecf8" },
        { "11010519491231002X", "ddb36ce8388b7c9f71cf2be17e0d37a9" },
        { "12-34",            "477f05a0c7cb472d76b529c3f242478c" },
    };
    char hex[33];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_token token;
        clr_card_block(tokenizer, clr_bytes_text(cases[i].number), token.byte);
        clr_tokens_of_blocks(tokenizer, &token, 1);
        hex_of(token.byte, hex);
        assert_string_equal(hex, cases[i].token);
    }
    assert_true(clr_tokenizer_seed(tokenizer) == UINT64_C(0x7b8b7c7a0b74a905));
    assert_true(clr_tokenizer_seed(tokenizer) != clr_tokenizer_seed(other));
}

/* Whatever 16 bytes are read from a damaged store, the answer is text that ends. */
static void any_token_has_an_answer(void **state)
{
    uint64_t random = 88172645463325252u;
    char text[CLR_CARD_TEXT_SIZE];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct clr_token token;
        for (int j = 0; j < 16; j++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            token.byte[j] = (uint8_t)random;
        }
        memset(text, 'x', sizeof text);
        clr_token_number(tokenizer, &token, text);
        assert_non_null(memchr(text, '\0', sizeof text));
    }
}

/* Blocks no card number makes, under a correct key: lengths and digits out of range are "?", never a made-up number. */
static void blocks_that_are_none_have_no_number(void **state)
{
    static const struct { const char *name; uint8_t block[16]; } cases[] = {
        { "decimal of no digits",  { 0x40 } },
        { "decimal of 31 digits",  { 0x40 | 31 } },
        { "decimal digit 10",      { 0x41, 0xA0 } },
        { "text of no characters", { 0x80 } },
        { "text of 21",            { 0x80 | 21 } },
        { "text value 62",         { 0x81, 0xF8 } },
        { "kind 0 with a length",  { 0x01 } },
    };
    char text[CLR_CARD_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_token token;
        memcpy(token.byte, cases[i].block, 16);
        clr_tokens_of_blocks(tokenizer, &token, 1);
        clr_token_number(tokenizer, &token, text);
        if (strcmp(text, "?") != 0) fail_msg("%s: %s", cases[i].name, text);
    }
}

static void masks_keep_the_ends_only(void **state)
{
    static const struct { const char *number, *want; } cases[] = {
        { "", "" }, { "?", "*" }, { "1", "*" }, { "1234", "****" }, { "12345", "12*45" }, { "123456789012", "12********12" },
        { "1234567890123", "123456***0123" }, { "11010519491231002X", "110105********002X" },
        { "123456789012345678901234567890", "123456********************7890" },
        { "1234567890123456789012345678901234567890", "123456*************************7890" },
        { "ab\x1b[2Jcdefghijklm", "ab**2J*******jklm" }, { "12\x01" "45", "12*45" },
    };
    char text[CLR_CARD_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        clr_card_mask(cases[i].number, text);
        if (strcmp(text, cases[i].want) != 0) fail_msg("\"%s\": \"%s\"", cases[i].number, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_laid_out_as_drawn),
        cmocka_unit_test(what_does_not_fit_is_hashed_under_the_key),
        cmocka_unit_test(tokens_turn_back_with_the_key_alone),
        cmocka_unit_test(numbers_of_every_length_come_back),
        cmocka_unit_test(bulk_and_single_agree),
        cmocka_unit_test(tokens_are_the_same_in_every_release),
        cmocka_unit_test(any_token_has_an_answer),
        cmocka_unit_test(blocks_that_are_none_have_no_number),
        cmocka_unit_test(masks_keep_the_ends_only),
    };
    return cmocka_run_group_tests(tests, create_two, destroy_two);
}
