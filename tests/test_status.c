/* test_status.c: exit codes, severity, and faults in two languages that end where their buffers end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/status.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void exit_codes_are_the_contracts(void **state)
{
    static const struct { enum clr_status status; int code; } cases[] = {
        { CLR_OK, 0 }, { CLR_INTERNAL, 1 }, { CLR_USAGE, 2 }, { CLR_REFUSED, 4 }, { CLR_UNBALANCED, 5 }, { CLR_OVERFLOW, 5 },
        { CLR_BUSY, 6 }, { CLR_FULL, 7 }, { CLR_KEY, 8 }, { CLR_DAMAGED, 9 }, { CLR_NOT_FOUND, 2 }, { CLR_STOPPED, 130 },
        { CLR_STATUS_COUNT, 1 }, { (enum clr_status)-1, 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (clr_status_exit_code(cases[i].status) != cases[i].code) fail_msg("%s", clr_status_text(cases[i].status));
        assert_true(clr_status_text(cases[i].status)[0] != '\0');
    }
    assert_int_equal(COUNT_OF(cases), CLR_STATUS_COUNT + 2);
    assert_string_equal(clr_status_text(CLR_STATUS_COUNT), "unknown status");
}

/* From the most severe to the least; each row against each: 5 9 1 8 7 6 2 4 3 0. */
static void the_more_severe_wins_in_both_orders(void **state)
{
    static const enum clr_status order[] = { CLR_UNBALANCED, CLR_DAMAGED, CLR_INTERNAL, CLR_KEY, CLR_FULL, CLR_STOPPED,
                                             CLR_BUSY, CLR_USAGE, CLR_REFUSED, CLR_OK };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        for (size_t j = i; j < COUNT_OF(order); j++) {
            assert_int_equal(clr_status_worse(order[i], order[j]), order[i]);
            assert_int_equal(clr_status_worse(order[j], order[i]), order[i]);
        }
    }
    /* Equal codes: the first said stays. */
    assert_int_equal(clr_status_worse(CLR_OVERFLOW, CLR_UNBALANCED), CLR_OVERFLOW);
    assert_int_equal(clr_status_worse(CLR_NOT_FOUND, CLR_USAGE), CLR_NOT_FOUND);
}

static void a_fault_says_both_languages_and_the_place(void **state)
{
    struct clr_fault fault;

    (void)state;
    memset(&fault, 0xAA, sizeof fault);
    assert_int_equal(clr_fault_say(&fault, CLR_USAGE, "%s has %d rows", "%s 有 %d 行", "fees.csv", 3), CLR_USAGE);
    assert_int_equal(fault.status, CLR_USAGE);
    assert_string_equal(fault.en, "fees.csv has 3 rows");
    assert_string_equal(fault.zh, "fees.csv 有 3 行");
    assert_true(fault.line == 0 && fault.record == 0 && fault.path[0] == '\0' && fault.has_offset == 0);

    clr_fault_at(&fault, "rules/fees.csv", 7, "rate_ppm");
    clr_fault_at(&fault, NULL, 0, NULL);             /* adds nothing, takes nothing away */
    assert_string_equal(fault.path, "rules/fees.csv");
    assert_string_equal(fault.field, "rate_ppm");
    assert_true(fault.line == 7);

    assert_int_equal(clr_fault_say(&fault, CLR_FULL, "full", "已满"), CLR_FULL);
    assert_true(fault.path[0] == '\0' && fault.line == 0 && fault.field[0] == '\0');

    assert_int_equal(clr_fault_say(NULL, CLR_BUSY, "%d", "%d", 1), CLR_BUSY);
    clr_fault_at(NULL, "a", 1, "b");
}

static int is_utf8(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
        int more = *at < 0x80 ? 0 : *at >= 0xF0 ? 3 : *at >= 0xE0 ? 2 : *at >= 0xC0 ? 1 : -1;
        if (more < 0) return 0;
        for (at++; more > 0; more--, at++) {
            if ((*at & 0xC0) != 0x80) return 0;
        }
    }
    return 1;
}

/* Texts longer than the buffer, shifted so that every cut inside a character is tried. */
static void long_texts_are_cut_between_characters(void **state)
{
    static const char *const characters[] = { "x", "é", "错", "𠮷" };
    struct clr_fault fault;
    char text[2000];

    (void)state;
    for (size_t c = 0; c < COUNT_OF(characters); c++) {
        for (int shift = 0; shift < 5; shift++) {
            text[0] = '\0';
            for (int i = 0; i < shift; i++) strcat(text, "-");
            while (strlen(text) < 1000) strcat(text, characters[c]);
            clr_fault_say(&fault, CLR_USAGE, "%s", "%s", text);
            clr_fault_at(&fault, text, 0, text);
            const char *const cut[] = { fault.en, fault.zh, fault.path, fault.field };
            const size_t size[] = { sizeof fault.en, sizeof fault.zh, sizeof fault.path, sizeof fault.field };
            for (size_t i = 0; i < COUNT_OF(cut); i++) {
                if (strlen(cut[i]) >= size[i] || strlen(cut[i]) + 4 < size[i] || !is_utf8(cut[i]) || strncmp(cut[i], text, strlen(cut[i])) != 0)
                    fail_msg("%s shifted by %d, text %zu", characters[c], shift, i);
            }
        }
    }
}

static void texts_that_just_fit_are_whole(void **state)
{
    struct clr_fault fault;
    char text[512];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    memcpy(text + sizeof text - 4, "错", 4);
    clr_fault_say(&fault, CLR_USAGE, "%s", "%s", text);
    clr_fault_at(&fault, text, 0, NULL);
    assert_string_equal(fault.en, text);
    assert_string_equal(fault.path, text);
}

static enum clr_status try_it(enum clr_status status)
{
    CLR_TRY(status);
    return CLR_NOT_FOUND;                            /* reached only when the call was CLR_OK */
}

static void try_returns_what_failed(void **state)
{
    (void)state;
    assert_int_equal(try_it(CLR_OK), CLR_NOT_FOUND);
    assert_int_equal(try_it(CLR_DAMAGED), CLR_DAMAGED);
}

/* A false assertion ends the process without success and without running anything more. */
static void a_false_assertion_ends_the_process(void **state)
{
    int ends[2], result;
    char message[512] = "";

    (void)state;
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        CLR_ASSERT(1 + 1 == 3);
        _exit(0);
    }
    close(ends[1]);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(read(ends[0], message, sizeof message - 1) > 0);
    close(ends[0]);
    assert_non_null(strstr(message, "1 + 1 == 3"));
    assert_false(WIFEXITED(result) && WEXITSTATUS(result) != 1);
    CLR_ASSERT(1 + 1 == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_codes_are_the_contracts),
        cmocka_unit_test(the_more_severe_wins_in_both_orders),
        cmocka_unit_test(a_fault_says_both_languages_and_the_place),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(texts_that_just_fit_are_whole),
        cmocka_unit_test(try_returns_what_failed),
        cmocka_unit_test(a_false_assertion_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
