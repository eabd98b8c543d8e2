/* test_terms.c: numbers and names of the vocabularies, precedence of reasons, record ids, the list of codecs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "codec.h"
#include "model/terms.h"
#include "model/txn.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *name;
    unsigned count;
    struct clr_term (*term)(unsigned);
    int (*find)(struct clr_bytes);
} lists[] = {
    { "product",     CLR_PRODUCT_COUNT,     clr_product_term,     clr_product_find },
    { "format",      CLR_FORMAT_COUNT,      clr_format_term,      clr_format_find },
    { "kind",        CLR_KIND_COUNT,        clr_kind_term,        clr_kind_find },
    { "service",     CLR_SERVICE_COUNT,     clr_service_term,     clr_service_find },
    { "verdict",     CLR_VERDICT_COUNT,     clr_verdict_term,     clr_verdict_find },
    { "role",        CLR_ROLE_COUNT,        clr_role_term,        clr_role_find },
    { "reason",      CLR_REASON_COUNT,      clr_reason_term,      clr_reason_find },
    { "file reason", CLR_FILE_REASON_COUNT, clr_file_reason_term, clr_file_reason_find },
};

static void every_name_finds_its_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        for (unsigned number = 0; number < lists[i].count; number++) {
            const struct clr_term term = lists[i].term(number);
            if (term.name[0] == '\0' || term.zh[0] == '\0' || term.en[0] == '\0') fail_msg("%s %u has no text", lists[i].name, number);
            if (lists[i].find(clr_bytes_text(term.name)) != (int)number) fail_msg("%s \"%s\"", lists[i].name, term.name);
        }
    }
}

static void what_is_not_in_a_list_is_not_found(void **state)
{
    static const char *const names[] = { "", "?", " ", "Transit", "transit ", "purchas", "malformed\n", "公交", "-1" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        for (size_t j = 0; j < COUNT_OF(names); j++) {
            if (lists[i].find(clr_bytes_text(names[j])) != -1) fail_msg("%s \"%s\"", lists[i].name, names[j]);
        }
        assert_int_equal(lists[i].find(clr_bytes_of("transit\0", 8)), -1);
        assert_string_equal(lists[i].term(lists[i].count).name, "?");
        assert_string_equal(lists[i].term(UINT32_MAX).zh, "?");
    }
    assert_string_equal(clr_note_term(CLR_NOTE_COUNT).en, "?");
}

/* These numbers are in every store. A row that has to be edited here would break them. */
static void stored_numbers_do_not_move(void **state)
{
    static const struct { const char *name; int found, number; } cases[] = {
        { "bankcard", CLR_PRODUCT_BANKCARD, 4 },       { "moves", CLR_FORMAT_MOVES, 5 },
        { "deduct", CLR_KIND_DEDUCT, 8 },              { "retail", CLR_SERVICE_RETAIL, 7 },
        { "pending", CLR_VERDICT_PENDING, 4 },         { "centre", CLR_ROLE_CENTRE, 5 },
        { "too-late", CLR_REASON_BIT_TOO_LATE, 4 },    { "counter-conflict", CLR_REASON_BIT_COUNTER_CONFLICT, 8 },
        { "expired", CLR_REASON_BIT_EXPIRED, 25 },     { "tac-unverified", CLR_REASON_BIT_TAC_UNVERIFIED, 37 },
        { "count", CLR_FILE_REASON_RECORDS, 1 },       { "too-large", CLR_FILE_REASON_TOO_LARGE, 14 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (cases[i].found != cases[i].number) fail_msg("%s", cases[i].name);
    }
    assert_int_equal(clr_file_reason_find(clr_bytes_text("count")), 1);
    assert_string_equal(clr_note_term(0).name, "tac-unverified");
    assert_string_equal(clr_note_term(1).name, "seen-before");
}

static void the_first_class_present_decides(void **state)
{
    static const struct { const char *name; uint64_t reasons; enum clr_verdict verdict; int primary; } cases[] = {
        { "no reason", 0, CLR_VERDICT_ACCEPTED, -1 },
        { "notes alone", CLR_NOTES_ALL, CLR_VERDICT_ACCEPTED, -1 },
        { "form", CLR_REASON_MASK(BAD_DATE), CLR_VERDICT_REJECTED, CLR_REASON_BIT_BAD_DATE },
        { "duplicate", CLR_REASON_MASK(DUPLICATE_IN_HISTORY), CLR_VERDICT_DUPLICATE, CLR_REASON_BIT_DUPLICATE_IN_HISTORY },
        { "conflict", CLR_REASON_MASK(COUNTER_CONFLICT), CLR_VERDICT_CONFLICT, CLR_REASON_BIT_COUNTER_CONFLICT },
        { "rule", CLR_REASON_MASK(TAC_MISMATCH), CLR_VERDICT_REJECTED, CLR_REASON_BIT_TAC_MISMATCH },
        { "pending", CLR_REASON_MASK(GRAY), CLR_VERDICT_PENDING, CLR_REASON_BIT_GRAY },
        { "form before duplicate", CLR_REASON_MASK(TOO_LATE) | CLR_REASON_MASK(DUPLICATE_IN_FILE), CLR_VERDICT_REJECTED,
          CLR_REASON_BIT_TOO_LATE },
        { "duplicate before a wrong TAC", CLR_REASON_MASK(TAC_MISMATCH) | CLR_REASON_MASK(DUPLICATE_IN_FILE), CLR_VERDICT_DUPLICATE,
          CLR_REASON_BIT_DUPLICATE_IN_FILE },
        { "conflict before a rule", CLR_REASON_MASK(CONFLICT) | CLR_REASON_MASK(ARITHMETIC), CLR_VERDICT_CONFLICT,
          CLR_REASON_BIT_CONFLICT },
        { "rule before pending", CLR_REASON_MASK(GRAY) | CLR_REASON_MASK(EXPIRED), CLR_VERDICT_REJECTED, CLR_REASON_BIT_EXPIRED },
        { "every reason", CLR_REASONS_ALL | CLR_NOTES_ALL, CLR_VERDICT_REJECTED, CLR_REASON_BIT_MALFORMED },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (clr_verdict_of(cases[i].reasons) != cases[i].verdict) fail_msg("%s", cases[i].name);
        if (clr_reason_primary(cases[i].reasons) != cases[i].primary) fail_msg("%s", cases[i].name);
    }
}

static void record_ids_read_back(void **state)
{
    static const struct { const char *text; clr_record_id want; } cases[] = {
        { "r1-1", (UINT64_C(1) << 36) | 1 },
        { "r7-123", (UINT64_C(7) << 36) | 123 },
        { "r268435455-68719476735", UINT64_MAX },
        { "", 0 }, { "r", 0 }, { "7-123", 0 }, { "R7-123", 0 }, { "r7", 0 }, { "r7-", 0 }, { "r-1", 0 }, { "r0-1", 0 }, { "r1-0", 0 },
        { "r01-1", 0 }, { "r1-01", 0 }, { "r1-1 ", 0 }, { " r1-1", 0 }, { "r1-1x", 0 }, { "r+1-1", 0 }, { "r1--1", 0 },
        { "r268435456-1", 0 }, { "r1-68719476736", 0 }, { "r99999999999999999999-1", 0 }, { "r1-99999999999999999999", 0 },
    };
    char text[CLR_RECORD_ID_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (clr_record_id_parse(clr_bytes_text(cases[i].text)) != cases[i].want) fail_msg("\"%s\"", cases[i].text);
        if (cases[i].want != 0) assert_string_equal(clr_record_id_text(cases[i].want, text), cases[i].text);
    }
    assert_string_equal(clr_record_id_text(0, text), "");
    assert_true(clr_record_id_of(1, CLR_RECORD_NUMBER_MAX) < clr_record_id_of(2, 1));
}

/* Three made-up codecs: what the engine does with a list must not depend on real ones. */
static int says_maybe(struct clr_bytes head, const char *name) { (void)name; return head.size > 0 ? 1 : 0; }
static int says_surely(struct clr_bytes head, const char *name) { (void)name; return head.size > 1 && head.data[0] == 'S' ? 2 : 0; }

static const struct clr_codec first = { .name = "first", .format = CLR_FORMAT_SZT_CSV, .sniff = says_maybe };
static const struct clr_codec second = { .name = "second", .format = CLR_FORMAT_YZ316, .sniff = says_maybe };
static const struct clr_codec third = { .name = "third", .format = CLR_FORMAT_XF158, .sniff = says_surely };
static const struct clr_codec *const three[] = { &first, &second, &third };
static const struct clr_codec_list some = { three, 3 };

static void codecs_are_found_by_name_format_and_content(void **state)
{
    (void)state;
    assert_ptr_equal(clr_codec_by_name(&some, clr_bytes_text("second")), &second);
    assert_null(clr_codec_by_name(&some, clr_bytes_text("secon")));
    assert_null(clr_codec_by_name(&some, clr_bytes_text("")));
    assert_ptr_equal(clr_codec_by_format(&some, CLR_FORMAT_XF158), &third);
    assert_null(clr_codec_by_format(&some, CLR_FORMAT_MOVES));
    assert_ptr_equal(clr_codec_sniff(&some, clr_bytes_text("Some"), "a"), &third);
    assert_ptr_equal(clr_codec_sniff(&some, clr_bytes_text("other"), "a"), &first);
    assert_null(clr_codec_sniff(&some, clr_bytes_text(""), "a"));
}

/** Who has a stored file and no codec asks the number; a codec that says otherwise would have its records looked for in the wrong table. */
static void formats_that_stand_alone_are_known_by_number(void **state)
{
    static const enum clr_format alone[] = { CLR_FORMAT_MOVES, CLR_FORMAT_JSETC, CLR_FORMAT_SDEXIT, CLR_FORMAT_IAG, CLR_FORMAT_LOCKDUES };
    unsigned count = 0;
    (void)state;
    for (unsigned i = 0; i < clr_codecs.count; i++) {
        const struct clr_codec *const codec = clr_codecs.codec[i];
        if (clr_format_is_alone(codec->format) != codec->alone || clr_format_is_by_sender(codec->format) != codec->by_sender)
            fail_msg("%s: the codec and its number disagree", codec->name);
        if (codec->alone && codec->walk == NULL && (codec->cut == NULL || codec->decode == NULL)) fail_msg("%s cannot be read", codec->name);
    }
    for (unsigned format = 0; format < CLR_FORMAT_COUNT + 3; format++) count += clr_format_is_alone(format);
    assert_int_equal(count, sizeof alone / sizeof *alone);
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) assert_true(clr_format_is_alone(alone[i]));
    assert_false(clr_format_is_alone(CLR_FORMAT_SDGANTRY));
}

static void findings_stop_at_their_limit(void **state)
{
    static struct clr_codec_file file;

    (void)state;
    for (unsigned i = 0; i < CLR_FINDINGS_MAX; i++) {
        struct clr_finding *finding = clr_codec_find(&file, CLR_FILE_REASON_RECORDS, i + 1, i * 10);
        assert_non_null(finding);
        assert_int_equal(finding->reason, CLR_FILE_REASON_RECORDS);
        assert_true(finding->record == i + 1 && finding->offset == i * 10 && finding->seen[0] == '\0');
    }
    assert_null(clr_codec_find(&file, CLR_FILE_REASON_SUM, 1, 1));
    assert_int_equal(file.finding_count, CLR_FINDINGS_MAX);
}

static void rules_of_a_detail_have_texts(void **state)
{
    (void)state;
    for (unsigned rule = 1; rule < CLR_RULE_COUNT; rule++) {
        if (clr_rule_en(rule)[0] == '\0' || clr_rule_zh(rule)[0] == '\0') fail_msg("rule %u", rule);
    }
    assert_string_equal(clr_rule_en(CLR_RULE_NONE), "");
    assert_string_equal(clr_rule_en(CLR_RULE_DIGITS), "not all decimal digits");
    assert_string_equal(clr_rule_zh(CLR_RULE_COUNT), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_finds_its_number),
        cmocka_unit_test(what_is_not_in_a_list_is_not_found),
        cmocka_unit_test(stored_numbers_do_not_move),
        cmocka_unit_test(the_first_class_present_decides),
        cmocka_unit_test(record_ids_read_back),
        cmocka_unit_test(codecs_are_found_by_name_format_and_content),
        cmocka_unit_test(formats_that_stand_alone_are_known_by_number),
        cmocka_unit_test(findings_stop_at_their_limit),
        cmocka_unit_test(rules_of_a_detail_have_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
