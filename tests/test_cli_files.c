/* test_cli_files.c: outputs that appear whole or not at all; what differs between rules folders; the line of progress. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stop.h"
#include "outfile.h"
#include "progress.h"
#include "rules_lines.h"
#include "text.h"
#include "utf8.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static char scratch[192];

static int make_scratch(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    snprintf(scratch, sizeof scratch, "%s/clear-test-XXXXXX", base != NULL ? base : "/tmp");
    return mkdtemp(scratch) == NULL ? -1 : 0;
}

static int remove_scratch(void **state)
{
    (void)state;
    outfile_remove_tree(scratch);
    return access(scratch, F_OK) == 0 ? -1 : 0;
}

static const char *in_scratch(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    return path;
}

static unsigned entries(void)
{
    DIR *directory = opendir(scratch);
    unsigned count = 0;

    assert_non_null(directory);
    while (readdir(directory) != NULL) count++;
    closedir(directory);
    return count - 2;
}

static void a_committed_file_is_there(void **state)
{
    struct outfile file;
    struct clr_fault fault = { 0 };
    struct stat info;

    (void)state;
    assert_int_equal(outfile_open(&file, in_scratch("out.csv"), &fault), CLR_OK);
    fputs("new\n", file.out);
    assert_int_not_equal(access(in_scratch("out.csv"), F_OK), 0);
    assert_int_equal(outfile_commit(&file, true, &fault), CLR_OK);
    outfile_abort(&file);
    assert_int_equal(stat(in_scratch("out.csv"), &info), 0);
    assert_int_equal(info.st_size, 4);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(entries(), 1);
}

static void an_aborted_or_dry_file_leaves_the_old_one(void **state)
{
    struct clr_fault fault = { 0 };
    char line[16] = "";

    (void)state;
    FILE *old = fopen(in_scratch("out.csv"), "w");
    assert_non_null(old);
    fputs("old\n", old);
    fclose(old);
    for (int dry = 0; dry <= 1; dry++) {
        struct outfile file;
        assert_int_equal(outfile_open(&file, in_scratch("out.csv"), &fault), CLR_OK);
        fputs("new\n", file.out);
        if (dry) assert_int_equal(outfile_commit(&file, false, &fault), CLR_OK);
        else outfile_abort(&file);
        old = fopen(in_scratch("out.csv"), "r");
        assert_non_null(old);
        assert_non_null(fgets(line, sizeof line, old));
        fclose(old);
        assert_string_equal(line, "old\n");
        assert_int_equal(entries(), 1);
    }
}

static void a_file_that_cannot_be_written_is_said(void **state)
{
    struct outfile file;
    struct clr_fault fault = { 0 };

    (void)state;
    assert_int_equal(outfile_open(&file, in_scratch("none/out.csv"), &fault), CLR_USAGE);
    assert_non_null(strstr(fault.path, "none/out.csv"));
    assert_non_null(strstr(fault.en, "cannot write"));
    assert_int_equal(entries(), 0);
    assert_int_equal(outfile_open(&file, NULL, &fault), CLR_OK);
    assert_ptr_equal(file.out, stdout);
    assert_int_equal(outfile_commit(&file, true, &fault), CLR_OK);
    assert_int_equal(outfile_open(&file, "-", &fault), CLR_OK);
    assert_ptr_equal(file.out, stdout);
    outfile_abort(&file);
}

static void room_is_absent_or_empty(void **state)
{
    struct clr_fault fault = { 0 };

    (void)state;
    assert_int_equal(outfile_room(in_scratch("absent"), &fault), CLR_OK);
    assert_int_equal(outfile_room(scratch, &fault), CLR_OK);
    assert_int_equal(mkdir(in_scratch("sub"), 0700), 0);
    assert_int_equal(outfile_room(scratch, &fault), CLR_USAGE);
    FILE *file = fopen(in_scratch("sub/file"), "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(outfile_room(in_scratch("sub/file"), &fault), CLR_USAGE);
}

static void removing_a_tree_follows_no_link(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_scratch("keep"), 0700), 0);
    assert_int_equal(mkdir(in_scratch("keep/inside"), 0700), 0);
    assert_int_equal(mkdir(in_scratch("tree"), 0700), 0);
    assert_int_equal(symlink("../keep", in_scratch("tree/link")), 0);
    outfile_remove_tree(in_scratch("tree"));
    assert_int_not_equal(access(in_scratch("tree"), F_OK), 0);
    assert_int_equal(access(in_scratch("keep/inside"), F_OK), 0);
}

static void add(struct rules_lines *lines, const char *file, const char *text)
{
    rules_lines_add(lines, file, (const uint8_t *)text, strlen(text));
}

/** The difference of two files as "+12 text|-3 text|". */
static void difference(const char *name, const char *older, const char *newer, char *out, size_t size)
{
    struct rules_lines left = { 0 }, right = { 0 }, changes;

    add(&left, name, older);
    add(&right, name, newer);
    rules_lines_compare(&left, &right, &changes);
    out[0] = '\0';
    for (size_t i = 0; i < changes.count; i++) {
        const size_t used = strlen(out);
        snprintf(out + used, size - used, "%c%d %s|", changes.line[i].added ? '+' : '-', (int)changes.line[i].number, changes.line[i].text);
    }
    rules_lines_free(&left);
    rules_lines_free(&right);
    rules_lines_free(&changes);
}

static void rules_differ_by_content(void **state)
{
    static const struct { const char *name, *file, *older, *newer, *want; } cases[] = {
        { "equal", "fees.csv", "a\nb\n", "a\nb\n", "" },
        { "both empty", "fees.csv", "", "", "" },
        { "other order of rows", "fees.csv", "a\nb\n", "b\na\n", "" },
        { "other line ends, no last one", "fees.csv", "a\nb\n", "a\r\nb", "" },
        { "blank lines", "fees.csv", "a\n\n\nb\n", "a\nb\n", "" },
        { "changed row", "fees.csv", "h\n1,2\n", "h\n1,3\n", "-2 1,2|+2 1,3|" },
        { "added at the end", "fees.csv", "h\n", "h\nx\n", "+2 x|" },
        { "removed", "fees.csv", "h\nx\n", "h\n", "-2 x|" },
        { "a row twice", "fees.csv", "x\n", "x\nx\n", "+2 x|" },
        { "key moved to another section", "senders.ini", "[a]\nk = 1\n[b]\n", "[a]\n[b]\nk = 1\n", "-2 [a] k = 1|+3 [b] k = 1|" },
        { "sections in another order", "senders.ini", "[a]\nk = 1\n[b]\nk = 2\n", "[b]\nk = 2\n[a]\nk = 1\n", "" },
    };
    char text[256];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        difference(cases[i].file, cases[i].older, cases[i].newer, text, sizeof text);
        if (strcmp(text, cases[i].want) != 0) fail_msg("%s: <%s>", cases[i].name, text);
    }
}

static void rules_files_come_and_go(void **state)
{
    struct rules_lines left = { 0 }, right = { 0 }, changes;

    (void)state;
    add(&left, "a.csv", "x\n");
    rules_lines_add_text(&left, "status_list.bin", "3 rows");
    add(&right, "b.csv", "x\n");
    rules_lines_add_text(&right, "status_list.bin", "4 rows");
    rules_lines_compare(&left, &right, &changes);
    assert_int_equal(changes.count, 4);
    assert_string_equal(changes.line[0].file, "a.csv");
    assert_false(changes.line[0].added);
    assert_string_equal(changes.line[1].file, "b.csv");
    assert_true(changes.line[1].added);
    assert_string_equal(changes.line[3].text, "4 rows");
    rules_lines_free(&left);
    rules_lines_free(&right);
    rules_lines_free(&changes);
}

static void progress_says_how_far(void **state)
{
    static const struct { const char *name; struct progress_state at; size_t columns; bool bar; const char *want; } cases[] = {
        { "plain", { "decoding", 50, 200, 1000, 1000000 }, 400, false, "decoding  25%  50 B / 200 B  1,000 records  1,000/s  0:03 left" },
        { "nothing yet", { "decoding", 0, 200, 0, 0 }, 400, false, "decoding   0%  0 B / 200 B  0 records  0/s" },
        { "done", { "decoding", 200, 200, 5, 5000000 }, 400, false, "decoding 100%  200 B / 200 B  5 records  1/s" },
        { "total unknown", { "settling", 7, 0, 5, 5000000 }, 400, true, "settling 5 records  1/s" },
        { "bar", { "decoding", 50, 100, 0, 1000000 }, 68, true, "decoding [#####.....]  50%  50 B / 100 B  0 records  0/s  0:01 left" },
        { "no room for a bar", { "decoding", 50, 100, 0, 1000000 }, 40, true, "decoding  50%  50 B / 100 B  0 records  0/s  0:01 left" },
        { "enormous", { "x", UINT64_MAX / 2, UINT64_MAX, UINT64_MAX, 1 }, 400, false,
          "x  49%  7.9 EiB / 15.9 EiB  18,446,744,073,709,551,615 records  18,446,744,073,709,551,615/s  0:00 left" },
    };
    char text[320];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        progress_format(&cases[i].at, cases[i].columns, cases[i].bar, text, sizeof text);
        if (strcmp(text, cases[i].want) != 0) fail_msg("%s: <%s>", cases[i].name, text);
    }
}

static void a_bar_never_exceeds_its_columns(void **state)
{
    char text[320];

    (void)state;
    for (int lang = TEXT_EN; lang <= TEXT_ZH; lang++) {
        text_lang_set((enum text_lang)lang);
        for (size_t columns = 70; columns < 200; columns++) {
            const struct progress_state at = { lang == TEXT_ZH ? "解码" : "decoding", 50, 100, 123456, 1000000 };
            progress_format(&at, columns, true, text, sizeof text);
            if (utf8_text_width(text) > columns) fail_msg("%zu columns: %s", columns, text);
        }
    }
    text_lang_set(TEXT_EN);
}

static void a_stop_ends_the_call(void **state)
{
    struct progress progress;

    (void)state;
    progress_start(&progress, stderr, PROGRESS_NEVER);
    clr_stop_clear();
    assert_true(progress_step(&progress, "decode", 1, 2, 3));
    clr_stop_request();
    assert_false(progress_step(&progress, "decode", 1, 2, 3));
    clr_stop_clear();
    progress_end(&progress);
}

static void seldom_progress_is_silent_at_first(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct progress progress;

    (void)state;
    assert_non_null(out);
    progress_start(&progress, out, PROGRESS_SELDOM);
    assert_true(progress_step(&progress, "decode", 1, 2, 3));
    progress_end(&progress);
    fclose(out);
    assert_int_equal(size, 0);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_committed_file_is_there, make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(an_aborted_or_dry_file_leaves_the_old_one, make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_written_is_said, make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(room_is_absent_or_empty, make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(removing_a_tree_follows_no_link, make_scratch, remove_scratch),
        cmocka_unit_test(rules_differ_by_content),
        cmocka_unit_test(rules_files_come_and_go),
        cmocka_unit_test(progress_says_how_far),
        cmocka_unit_test(a_bar_never_exceeds_its_columns),
        cmocka_unit_test(a_stop_ends_the_call),
        cmocka_unit_test(seldom_progress_is_silent_at_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
