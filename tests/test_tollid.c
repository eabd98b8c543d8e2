/* test_tollid.c: the identity of a toll record, from parts that make one and from parts that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../codecs/tollid.h"

#define READ .network = { (const uint8_t *)"3201", 4 }, .card = { (const uint8_t *)"40000000000010aB", 16 }, .terminal = 0x01320002d9fd, .time_s = 1772417730

static void identities(void **state)
{
    const struct { const char *name; struct clr_tollid toll; const char *want; } cases[] = {
        { "a card that was read", { READ, .terminal_counter = 0x10bc0, .tac = 0x5a17, .event = 1 }, "C 3201 40000000000010AB 01320002D9FD 00010BC0 20260302101530 1" },
        { "without a TAC", { READ, .terminal_counter = 1, .event = 2 }, "C 3201 40000000000010AB 01320002D9FD 00000001 20260302101530 2" },
        { "without a counter", { READ, .tac = 1, .event = 3 }, "C 3201 40000000000010AB 01320002D9FD 00000000 20260302101530 3" },
        { "not read", { READ, .trade_id = { (const uint8_t *)"g32", 3 }, .event = 1 }, "T G32 1" },
        { "not read, and nothing else", { READ, .event = 1 }, "" },
        { "no time", { .network = { (const uint8_t *)"3201", 4 }, .card = { (const uint8_t *)"4000000000001001", 16 }, .tac = 1, .time_s = CLR_TIME_NONE }, "" },
        { "a short network", { .network = { (const uint8_t *)"320", 3 }, .card = { (const uint8_t *)"4000000000001001", 16 }, .tac = 1 }, "" },
        { "a long card", { .network = { (const uint8_t *)"3201", 4 }, .card = { (const uint8_t *)"40000000000010011", 17 }, .tac = 1 }, "" },
        { "a terminal above 48 bits", { .network = { (const uint8_t *)"3201", 4 }, .card = { (const uint8_t *)"4000000000001001", 16 }, .tac = 1, .terminal = UINT64_C(1) << 48 }, "" },
    };
    uint8_t text[CLR_TOLLID_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t size = clr_tollid_write(&cases[i].toll, text);
        if (size != strlen(cases[i].want) || memcmp(text, cases[i].want, size) != 0) fail_msg("%s: %.*s", cases[i].name, (int)size, (const char *)text);
    }
}

/* The longest trade id that fits, and one more. */
static void long_trade_ids(void **state)
{
    uint8_t id[CLR_TOLLID_SIZE], text[CLR_TOLLID_SIZE];
    struct clr_tollid toll = { .trade_id = { id, CLR_TOLLID_SIZE - 4 }, .event = 1 };

    (void)state;
    memset(id, '7', sizeof id);
    assert_int_equal(clr_tollid_write(&toll, text), CLR_TOLLID_SIZE);
    toll.trade_id.size++;
    assert_int_equal(clr_tollid_write(&toll, text), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(identities), cmocka_unit_test(long_trade_ids) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
