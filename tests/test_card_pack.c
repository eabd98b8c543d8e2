/* test_card_pack.c: the quick block of a card number against its definition, digit by digit, for every length and for what is no number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/card_pack.h"
#include "test_card_pack.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* token.h: length of the digits behind the zeros, then two digits a byte, zeros behind them. */
static bool define(struct clr_bytes number, uint8_t block[16])
{
    memset(block, 0, 16);
    if (number.size < 16 || number.size > CLR_CARD_PACK_MAX) return false;
    for (size_t i = 0; i < number.size; i++)
        if (number.data[i] < '0' || number.data[i] > '9') return false;
    while (number.size > 0 && number.data[0] == '0') { number.data++; number.size--; }
    if (number.size < 16 || number.size > 23) return false;
    block[0] = (uint8_t)(0x40 + number.size);
    for (size_t i = 0; i < number.size; i++) block[1 + i / 2] |= (uint8_t)((number.data[i] - '0') << (i % 2 == 0 ? 4 : 0));
    return true;
}

/* The number stands alone in its own memory: a sanitizer sees a byte too many. */
static void check(const char *name, const uint8_t *text, size_t size)
{
    uint8_t *const alone = test_malloc(size + (size == 0));
    uint8_t wanted[16], seen[16];
    memcpy(alone, text, size);
    const struct clr_bytes number = clr_bytes_of(alone, size);
    const bool is_usual = define(number, wanted);
    for (int words = 0; words < 2; words++) {
        memset(seen, 0xEE, sizeof seen);
        const bool taken = words ? pack_card_in_words(number, seen) : clr_card_pack(number, seen);
        if (taken != is_usual) fail_msg("%s (%zu bytes, words %d): taken %d", name, size, words, taken);
        if (taken && memcmp(seen, wanted, 16) != 0) fail_msg("%s (%zu bytes, words %d): another block", name, size, words);
    }
    test_free(alone);
}

static void rows(void **state)
{
    static const struct { const char *name, *number; } cases[] = {
        { "sixteen", "3120000012345678" }, { "nineteen", "3103128664008943011" }, { "twenty-three", "99999999999999999999999" },
        { "twenty-four", "999999999999999999999999" }, { "thirty", "123456789012345678901234567890" }, { "zeros before sixteen", "00003120000012345678" },
        { "zeros before fifteen", "00000312000001234567" }, { "zeros alone", "0000000000000000" }, { "zeros, twenty", "00000000000000000000" },
        { "fifteen", "312000001234567" }, { "empty", "" }, { "a blank before", " 3120000012345678" }, { "a blank behind", "3120000012345678 " },
        { "a letter last", "312000001234567X" }, { "a colon, the byte behind 9", "31200000123456:8" }, { "a slash, the byte before 0", "31200000/2345678" },
        { "a letter in the tail", "3120000012345678A01" }, { "Chinese", "\xE5\x8D\xA1\xE5\x8D\xA1\xE5\x8D\xA1\xE5\x8D\xA1\xE5\x8D\xA1\xE5\x8D\xA1" },
        { "as long as it may be", "0000000000000000000000000000000000000000000003103128664008943011" },
        { "longer than that", "00000000000000000000000000000000000000000000003103128664008943011" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) check(cases[i].name, (const uint8_t *)cases[i].number, strlen(cases[i].number));
}

/* Every byte in every place of every length. */
static void any_byte_anywhere(void **state)
{
    (void)state;
    for (size_t size = 14; size <= 26; size++) {
        uint8_t text[32];
        for (size_t at = 0; at < size; at++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                for (size_t i = 0; i < size; i++) text[i] = (uint8_t)('1' + (i * 7 + byte) % 9);
                text[at] = (uint8_t)byte;
                check("any byte", text, size);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rows), cmocka_unit_test(any_byte_anywhere) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
