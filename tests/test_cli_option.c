/* test_cli_option.c: command lines as they are typed: what is taken, what is refused, and with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "option.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define WORDS_MAX 8

static const unsigned char allowed[] = {
    OPTION_ID_STORE, OPTION_ID_JSON, OPTION_ID_LANG, OPTION_ID_COLOR, OPTION_ID_MEMORY, OPTION_ID_THREADS, OPTION_ID_RECEIVED_AT,
    OPTION_ID_DATE, OPTION_ID_SENDER, OPTION_ID_STRICT, OPTION_ID_HELP, OPTION_ID_BATCH_RECORDS, OPTION_END,
};

static enum clr_status parse(const char *const *words, struct arguments *out, struct clr_fault *fault)
{
    char *argv[WORDS_MAX];
    int argc = 0;

    for (; words[argc] != NULL; argc++) argv[argc] = (char *)words[argc];
    memset(fault, 0, sizeof *fault);
    return arguments_parse(allowed, argc, argv, out, fault);
}

static void values_are_taken(void **state)
{
    static const char *const words[] = { "a.txt", "--store", "s", "--lang=zh", "--memory=512M", "b.txt", "--json", NULL };
    struct arguments arguments;
    struct clr_fault fault;

    (void)state;
    assert_int_equal(parse(words, &arguments, &fault), CLR_OK);
    assert_int_equal(arguments.operand_count, 2);
    assert_string_equal(arguments.operand[0], "a.txt");
    assert_string_equal(arguments.operand[1], "b.txt");
    assert_string_equal(arguments.option[OPTION_ID_STORE].text, "s");
    assert_string_equal(arguments.option[OPTION_ID_LANG].text, "zh");
    assert_int_equal(arguments.option[OPTION_ID_LANG].number, 0);
    assert_int_equal(arguments.option[OPTION_ID_MEMORY].number, 512 << 20);
    assert_true(arguments.option[OPTION_ID_JSON].given);
    assert_false(arguments.option[OPTION_ID_STRICT].given);
    arguments_free(&arguments);
}

static void two_dashes_end_options(void **state)
{
    static const char *const words[] = { "--json", "--", "--store", "-", "--", NULL };
    struct arguments arguments;
    struct clr_fault fault;

    (void)state;
    assert_int_equal(parse(words, &arguments, &fault), CLR_OK);
    assert_int_equal(arguments.operand_count, 3);
    assert_string_equal(arguments.operand[0], "--store");
    assert_string_equal(arguments.operand[1], "-");
    assert_string_equal(arguments.operand[2], "--");
    assert_false(arguments.option[OPTION_ID_STORE].given);
    arguments_free(&arguments);
}

static void days_times_and_flags(void **state)
{
    static const char *const words[] = { "--date", "2026-03-02", "--received-at=now", "--color", "-h", "--received-at", "1970-01-01T08:00:01+08:00", NULL };
    static const char *const now[] = { "--received-at", "now", "--color=never", NULL };
    struct arguments arguments;
    struct clr_fault fault;

    (void)state;
    assert_int_equal(parse(words, &arguments, &fault), CLR_OK);
    assert_int_equal(arguments.option[OPTION_ID_DATE].day, clr_day_of_date(2026, 3, 2));
    assert_int_equal(arguments.option[OPTION_ID_RECEIVED_AT].time_s, 1);      /* the last of a repeated option */
    assert_false(arguments.option[OPTION_ID_RECEIVED_AT].now);
    assert_true(arguments.option[OPTION_ID_HELP].given);
    assert_int_equal(arguments.option[OPTION_ID_COLOR].number, 1);            /* alone: always */
    arguments_free(&arguments);
    assert_int_equal(parse(now, &arguments, &fault), CLR_OK);
    assert_true(arguments.option[OPTION_ID_RECEIVED_AT].now);
    assert_int_equal(arguments.option[OPTION_ID_COLOR].number, 2);
    arguments_free(&arguments);
}

static void bad_words_are_named(void **state)
{
    static const struct { const char *name; const char *words[4]; const char *en, *zh; } cases[] = {
        { "unknown, near", { "--stor", "x" }, "did you mean --store?", "是否想用 --store" },
        { "unknown, near, with value", { "--memmory=1G" }, "--memmory; did you mean --memory?", "--memory" },
        { "unknown, far", { "--xyzzy" }, "unknown option --xyzzy; --help", "未知选项 --xyzzy" },
        { "a hidden knob is not suggested", { "--batch-record" }, "unknown option --batch-record; --help", "未知选项" },
        { "another command's option", { "--level", "member" }, "unknown option --level", "未知选项 --level" },
        { "a prefix is not enough", { "--mem=1" }, "did you mean --memory?", "--memory" },
        { "one dash", { "-store", "x" }, "unknown option -store", "未知选项 -store" },
        { "bundled letters", { "-hj" }, "unknown option -hj", "未知选项 -hj" },
        { "no name", { "--=x" }, "unknown option --;", "未知选项 --" },
        { "no value", { "--store" }, "--store needs a value: --store DIR", "--store 需要一个值" },
        { "empty value", { "--store=" }, "--store: the value is empty", "--store：值为空" },
        { "flag with value", { "--json=yes" }, "--json takes no value", "--json 不带值" },
        { "no such choice", { "--lang", "fr" }, "--lang: \"fr\" is none of zh|en", "“fr”不在 zh|en 之中" },
        { "choices are not a choice", { "--lang", "zh|en" }, "is none of zh|en", "不在 zh|en 之中" },
        { "bad colour", { "--color=red" }, "is none of auto|always|never", "不在" },
        { "not a number", { "--threads", "two" }, "--threads: \"two\" is not a whole number", "不是非负整数" },
        { "negative number", { "--threads=-1" }, "is not a whole number", "不是非负整数" },
        { "not a size", { "--memory", "lots" }, "--memory: \"lots\" is not a size", "不是大小" },
        { "no such day", { "--date", "2026-02-30" }, "--date: \"2026-02-30\" is not a date", "不是日期" },
        { "day in another form", { "--date=02.03.2026" }, "write YYYY-MM-DD", "YYYY-MM-DD" },
        { "not a time", { "--received-at", "yesterday" }, "is not a time", "不是时间" },
        { "an option is no value's name", { "--sender", "" }, "--sender: the value is empty", "值为空" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arguments arguments;
        struct clr_fault fault;
        const enum clr_status status = parse(cases[i].words, &arguments, &fault);
        if (status != CLR_USAGE || strstr(fault.en, cases[i].en) == NULL || strstr(fault.zh, cases[i].zh) == NULL)
            fail_msg("%s: %d <%s> <%s>", cases[i].name, (int)status, fault.en, fault.zh);
        arguments_free(&arguments);
    }
}

static void the_table_is_whole(void **state)
{
    (void)state;
    for (int id = OPTION_END + 1; id < OPTION_ID_COUNT; id++) {
        const struct option_spec *spec = option_spec((enum option_id)id);
        char choice[32];
        if (spec->name == NULL || *spec->name == '\0') fail_msg("option %d has no name", id);
        if ((spec->value != NULL) != (option_takes_value((enum option_id)id) || spec->type == OPTION_CHOICE_OR_FLAG)) fail_msg("--%s: value", spec->name);
        if ((*spec->en == '\0') != (*spec->zh == '\0')) fail_msg("--%s: one language only", spec->name);
        const bool choices = spec->type == OPTION_CHOICE || spec->type == OPTION_CHOICE_OR_FLAG;
        if (choices != (spec->choices != NULL)) fail_msg("--%s: choices", spec->name);
        if (choices && !option_choice(spec->choices, 1, choice, sizeof choice)) fail_msg("--%s: a choice of one", spec->name);
    }
}

static void choices_are_counted(void **state)
{
    char text[8];

    (void)state;
    assert_true(option_choice("a|bc|d", 0, text, sizeof text));
    assert_string_equal(text, "a");
    assert_true(option_choice("a|bc|d", 1, text, sizeof text));
    assert_string_equal(text, "bc");
    assert_true(option_choice("a|bc|d", 2, text, sizeof text));
    assert_string_equal(text, "d");
    assert_false(option_choice("a|bc|d", 3, text, sizeof text));
    assert_false(option_choice("much too long|a", 0, text, sizeof text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_taken),      cmocka_unit_test(two_dashes_end_options), cmocka_unit_test(days_times_and_flags),
        cmocka_unit_test(bad_words_are_named),   cmocka_unit_test(the_table_is_whole),     cmocka_unit_test(choices_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
