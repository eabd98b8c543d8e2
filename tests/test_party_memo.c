/* test_party_memo.c: a party is remembered under its question and under no other, however alike they are and wherever they meet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "ingest/party_memo.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static uint64_t seed = 20260302;

static unsigned draw(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

static bool same(const struct clr_party_question *a, const struct clr_party_question *b) { return memcmp(a, b, sizeof *a) == 0; }

/* A text of every size, alone in its memory; then the same with one other byte, and one shorter: three questions, all different. */
static void every_byte_of_a_text_counts(void **state)
{
    (void)state;
    for (size_t size = 1; size <= CLR_MEMO_ALONE_MAX; size++) {
        uint8_t *const text = test_malloc(size);
        for (size_t i = 0; i < size; i++) text[i] = (uint8_t)('A' + i % 26);
        struct clr_party_question one, other;
        const struct clr_bytes none = clr_bytes_of("", 0), whole = clr_bytes_of(text, size);
        assert_true(clr_memo_ask_acquirer(&one, CLR_FORMAT_YZ316, whole, none, 20514));
        assert_true(clr_memo_ask_acquirer(&other, CLR_FORMAT_YZ316, clr_bytes_of(text, size - 1), none, 20514));
        assert_false(same(&one, &other));
        assert_true(clr_memo_ask_acquirer(&other, CLR_FORMAT_YZ316, whole, none, 20515));
        assert_false(same(&one, &other));
        assert_int_equal(clr_memo_ask_acquirer(&other, CLR_FORMAT_YZ316, none, whole, 20514), size <= CLR_MEMO_SECOND_MAX);
        if (size <= CLR_MEMO_SECOND_MAX) assert_false(same(&one, &other));
        for (size_t at = 0; at < size; at++) {
            text[at] ^= 1;
            assert_true(clr_memo_ask_acquirer(&other, CLR_FORMAT_YZ316, whole, none, 20514));
            if (same(&one, &other)) fail_msg("byte %zu of %zu", at, size);
            text[at] ^= 1;
        }
        test_free(text);
    }
}

static void what_is_too_long_is_not_asked(void **state)
{
    static const struct { const char *name; size_t first, second; bool asked; } cases[] = {
        { "nothing", 0, 0, true }, { "a unit alone", 48, 0, true }, { "a longer one", 49, 0, false }, { "with a city", 32, 4, true },
        { "longer, with a city", 33, 4, false }, { "a long city", 0, 16, true }, { "a longer city", 0, 17, false }, { "both", 32, 16, true },
    };
    static const uint8_t text[64] = { 'x' };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_party_question question;
        const bool asked = clr_memo_ask_acquirer(&question, CLR_FORMAT_YZ316, clr_bytes_of(text, cases[i].first), clr_bytes_of(text, cases[i].second), 1);
        if (asked != cases[i].asked) fail_msg("%s", cases[i].name);
    }
}

/* Of a number its front and its length are the question, and nothing behind the front; for every prefix and length. */
static void an_issuer_goes_by_prefix_and_length(void **state)
{
    (void)state;
    for (size_t prefix_size = 0; prefix_size <= 34; prefix_size++) {
        const struct clr_memo_prefix prefix = clr_memo_prefix_of(prefix_size);
        for (size_t size = 1; size <= 40; size++) {
            uint8_t *const text = test_malloc(size);
            const struct clr_bytes number = clr_bytes_of(text, size), city = clr_bytes_of("3120", 4);
            struct clr_party_question one, other;
            for (size_t i = 0; i < size; i++) text[i] = (uint8_t)('0' + i % 10);
            const bool asked = clr_memo_ask_issuer(&one, CLR_FORMAT_XF160, &prefix, number, city, 20514);
            assert_int_equal(asked, (size < prefix_size ? size : prefix_size) <= CLR_MEMO_FIRST_MAX);
            for (size_t at = 0; asked && at < size; at++) {
                text[at] ^= 1;
                assert_true(clr_memo_ask_issuer(&other, CLR_FORMAT_XF160, &prefix, number, city, 20514));
                if (same(&one, &other) != (at >= prefix_size)) fail_msg("byte %zu of %zu, prefix %zu", at, size, prefix_size);
                text[at] ^= 1;
            }
            if (asked && size > 1 && clr_memo_ask_issuer(&other, CLR_FORMAT_XF160, &prefix, clr_bytes_of(text, size - 1), city, 20514))
                assert_false(same(&one, &other));
            test_free(text);
        }
    }
}

/* Far more questions than places: what is recalled is what was remembered last for that very question, or nothing. */
static void questions_that_meet_keep_apart(void **state)
{
    enum { QUESTIONS = 20000 };
    static struct clr_party_memo memos[1 << CLR_MEMO_BITS];
    unsigned found = 0;
    (void)state;
    for (unsigned round = 0; round < 200000; round++) {
        const unsigned number = 1 + draw(round % 2 == 0 ? 60 : QUESTIONS);
        char unit[16];
        const int size = snprintf(unit, sizeof unit, "%06u", number);
        struct clr_party_question question;
        assert_true(clr_memo_ask_acquirer(&question, CLR_FORMAT_YZ316, clr_bytes_of(unit, (size_t)size), clr_bytes_of("3120", 4), 20514));
        const clr_party party = clr_memo_recall(memos, &question);
        assert_int_equal(party, clr_memo_recall_brief(memos, question.word[0], question.word[2], question.shape));
        if (party == CLR_PARTY_NONE) clr_memo_remember(memos, &question, number);
        else assert_int_equal(party, number);
        found += party != CLR_PARTY_NONE;
    }
    assert_true(found > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_of_a_text_counts), cmocka_unit_test(what_is_too_long_is_not_asked),
        cmocka_unit_test(an_issuer_goes_by_prefix_and_length), cmocka_unit_test(questions_that_meet_keep_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
