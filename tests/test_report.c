/* The report: what it shows of a real store, that its markup is whole whatever the names are, and that its bytes stay the same. */
#include "base/csv.h"
#include "publish/html.h"
#include "publish/report.h"
#include "store_world.h"

#define SETTLED "2026-03-01"
#define OPEN "2026-03-03"

static clr_day day_of(const char *text) { return clr_day_parse(clr_bytes_text(text)); }

/* The report as a text; free(). */
static char *report_of(struct clr_store *store, const char *date, const char *lang)
{
    struct clr_fault fault = { 0 };
    const char *const path = scratch_path("report.html");
    if (clr_report_write(store, day_of(date), CLR_ALL_PRODUCTS, path, lang, &fault) != CLR_OK) fail_msg("%s %s: %s", date, lang, fault.en);
    const struct scratch_bytes bytes = scratch_read(path);
    bytes.data[bytes.size] = '\0';
    assert_int_equal(strlen((char *)bytes.data), bytes.size);
    assert_true(clr_utf8_valid(clr_bytes_of(bytes.data, bytes.size)));
    return (char *)bytes.data;
}

/* ---- is the markup whole? ---- */

enum { DEEP = 64 };

static bool is_void(const char *name, size_t size)
{
    return (size == 4 && memcmp(name, "meta", 4) == 0) || (size == 2 && memcmp(name, "br", 2) == 0);
}

/* The end of a tag that begins at `at`; NULL when an attribute is not quoted properly. */
static const char *tag_end(const char *at)
{
    char quote = '\0';
    for (; *at != '\0'; at++) {
        if (quote != '\0') {
            if (*at == '<') return NULL;
            if (*at == quote) quote = '\0';
        } else if (*at == '"' || *at == '\'') quote = *at;
        else if (*at == '<') return NULL;
        else if (*at == '>') return at;
    }
    return NULL;
}

/* Every tag is closed by its own, in order; every & begins an entity. @return what is wrong, NULL when nothing is */
static const char *markup_fault(const char *html)
{
    struct { const char *name; size_t size; } open[DEEP];
    size_t depth = 0;
    if (strncmp(html, "<!DOCTYPE html>\n", 16) != 0) return "no doctype";
    for (const char *at = html + 16; (at = strpbrk(at, "<&")) != NULL;) {
        if (*at == '&') {
            const char *const end = strchr(at, ';');
            if (end == NULL || end - at > 6) return "a bare &";
            at = end;
            continue;
        }
        const bool closing = at[1] == '/';
        const char *const name = at + 1 + closing, *const end = tag_end(name);
        const size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789");
        if (end == NULL || size == 0) return "a broken tag";
        at = end;
        if (is_void(name, size) || end[-1] == '/') continue;
        if (!closing) {
            if (depth == DEEP) return "too deep";
            open[depth].name = name;
            open[depth++].size = size;
            if (size == 5 && memcmp(name, "style", 5) == 0) at = strstr(at, "</style>");
        } else {
            if (depth == 0 || open[depth - 1].size != size || memcmp(open[depth - 1].name, name, size) != 0) return "a tag closes another one";
            depth--;
        }
    }
    return depth == 0 ? NULL : "a tag stays open";
}

static void markup_checker(void **state)
{
    static const struct { const char *name, *body; bool whole; } cases[] = {
        { "plain", "<p>a</p>", true },                    { "attributes", "<p class=\"a b\">a</p>", true },
        { "entity", "<p>a &amp; b</p>", true },
        { "self-closed", "<svg><rect/></svg>", true },    { "void", "<p><br>a</p>", true },
        { "crossed", "<p><b>a</p></b>", false },
        { "left open", "<p><b>a</b>", false },            { "bare ampersand", "<p>a & b</p>", false },
        { "bare less-than", "<p>1 < 2</p>", false },
        { "open quote", "<p class=\"a>b</p>", false },    { "closed twice", "<p>a</p></p>", false },
        { "tag in attribute", "<p class=\"<b>\">a</p>", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char html[128];
        snprintf(html, sizeof html, "<!DOCTYPE html>\n%s", cases[i].body);
        if ((markup_fault(html) == NULL) != cases[i].whole) fail_msg("%s: %s", cases[i].name, markup_fault(html));
    }
}

/* ---- text and numbers ---- */

static void text_is_escaped(void **state)
{
    static const struct { const char *name, *text, *want; } cases[] = {
        { "plain", "Yangzhou Bus", "Yangzhou Bus" },
        { "Chinese", "扬州公交", "扬州公交" },
        { "four bytes", "\xf0\xa0\x80\x80", "\xf0\xa0\x80\x80" },
        { "nothing", "", "" },
        { "NULL", NULL, "" },
        { "script", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;" },
        { "quotes", "\" onload='x'", "&quot; onload=&#39;x&#39;" },
        { "entity stays text", "&lt;", "&amp;lt;" },
        { "control", "a\x01\x1b\n\x7f" "b", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "b" },
        { "no UTF-8", "a\xff" "b", "a\xef\xbf\xbd" "b" },
        { "cut short", "a\xe6\x89", "a\xef\xbf\xbd\xef\xbf\xbd" },
        { "hides a <", "\xe6<b>", "\xef\xbf\xbd&lt;b&gt;" },
        { "overlong <", "\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd" },
        { "surrogate", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "turns the line", "a\xe2\x80\xae" "b", "a\xef\xbf\xbd" "b" },
        { "isolates", "\xe2\x81\xa6x", "\xef\xbf\xbdx" },
        { "C1", "\xc2\x85", "\xef\xbf\xbd" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_html html = { 0 };
        clr_html_text(&html, cases[i].text);
        if (html.pack.size != strlen(cases[i].want) || (html.pack.size > 0 && memcmp(html.pack.data, cases[i].want, html.pack.size) != 0))
            fail_msg("%s: \"%.*s\"", cases[i].name, (int)html.pack.size, (const char *)html.pack.data);
        clr_pack_free(&html.pack);
    }
}

static void labels_are_cut(void **state)
{
    static const struct { const char *name, *text; unsigned width; const char *want; } cases[] = {
        { "fits", "Metro", 5, "Metro" },         { "cut", "Metro 1", 5, "Metr…" },
        { "two columns each", "地铁一号线", 10, "地铁一号线" },
        { "Chinese cut", "地铁一号线", 9, "地铁一号…" }, { "no half character", "地铁一号线", 8, "地铁一…" },
        { "escaped after cutting", "<<<<<<", 3, "&lt;&lt;…" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_html html = { 0 };
        clr_html_label(&html, cases[i].text, cases[i].width);
        if (html.pack.size != strlen(cases[i].want) || memcmp(html.pack.data, cases[i].want, html.pack.size) != 0)
            fail_msg("%s: \"%.*s\"", cases[i].name, (int)html.pack.size, (const char *)html.pack.data);
        clr_pack_free(&html.pack);
    }
}

static void counts_have_separators(void **state)
{
    static const struct { int64_t count; const char *want; } cases[] = {
        { 0, "0" }, { 7, "7" }, { 999, "999" }, { 1000, "1,000" }, { -1000, "-1,000" }, { -999, "-999" }, { 123456, "123,456" },
        { 1234567, "1,234,567" },
        { INT64_MAX, "9,223,372,036,854,775,807" }, { INT64_MIN, "-9,223,372,036,854,775,808" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_html html = { 0 };
        clr_html_count(&html, cases[i].count);
        if (html.pack.size != strlen(cases[i].want) || memcmp(html.pack.data, cases[i].want, html.pack.size) != 0)
            fail_msg("%s: \"%.*s\"", cases[i].want, (int)html.pack.size, (const char *)html.pack.data);
        clr_pack_free(&html.pack);
    }
}

/* ---- a whole report ---- */

/* Equal, or the first place where they part. */
static void expect_same(const char *a, const char *b)
{
    size_t at = 0;
    while (a[at] != '\0' && a[at] == b[at]) at++;
    if (a[at] != b[at]) fail_msg("they part at %zu: %.120s | %.120s", at, a + (at < 60 ? 0 : at - 60), b + (at < 60 ? 0 : at - 60));
}

static void expect_text(const char *html, const char *text)
{
    if (strstr(html, text) == NULL) fail_msg("not in the report: %s", text);
}

static void expect_yuan(const char *html, clr_fen fen)
{
    char yuan[CLR_YUAN_TEXT_SIZE], cell[CLR_YUAN_TEXT_SIZE + 8];
    snprintf(cell, sizeof cell, ">%s</td>", clr_yuan_text(fen, yuan));
    expect_text(html, cell);
}

/* Every figure of the positions, in either language; whole markup; nothing that runs or is fetched. */
static void shows_the_money(void **state)
{
    static const struct { const char *date, *lang; } cases[] = { { SETTLED, "en" }, { SETTLED, "zh" }, { OPEN, "en" }, { OPEN, "zh" } };
    struct clr_store *const store = world_open("world");
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_positions positions;
        const bool zh = strcmp(cases[i].lang, "zh") == 0, open = strcmp(cases[i].date, OPEN) == 0;
        const struct clr_positions_filter filter = { .date = day_of(cases[i].date), .product = CLR_ALL_PRODUCTS };
        char *const html = report_of(store, cases[i].date, cases[i].lang);
        if (markup_fault(html) != NULL) fail_msg("%s %s: %s", cases[i].date, cases[i].lang, markup_fault(html));
        assert_int_equal(clr_positions_read(store, &filter, &positions, NULL), CLR_OK);
        assert_true(positions.ledger.position_count > 2 && positions.window_count == 1);
        expect_yuan(html, positions.window[0].amount_fen);
        for (size_t k = 0; k < positions.ledger.position_count; k++) {
            const struct clr_position *const position = &positions.ledger.position[k];
            expect_text(html, zh ? position->who.zh : position->who.en);
            expect_yuan(html, position->receivable_fen);
            expect_yuan(html, position->payable_fen);
            expect_yuan(html, position->fee_fen);
            expect_yuan(html, position->net_fen);
        }
        clr_positions_free(&positions);
        expect_text(html, zh ? "<html lang=\"zh-CN\">" : "<html lang=\"en\">");
        expect_text(html, zh ? "正好为零" : "exactly zero");
        assert_int_equal(strstr(html, zh ? "初步数据" : "Preliminary") != NULL, open);
        assert_int_equal(strstr(html, "manifest.json") != NULL, !open);
        assert_null(strstr(html, "<script"));
        assert_null(strstr(html, "http:"));
        assert_null(strstr(html, "https:"));
        assert_null(strstr(html, "url("));
        assert_null(strstr(html, scratch_folder));
        free(html);
    }
    clr_store_close(store);
}

static const char evil_name[] = "<script>alert(1)</script>&'", evil_file[] = "<img src=x onerror=alert(1)>\"&amp;\xe2\x80\xae.csv";

/* The Shenzhen rules, with another English name for the first line. */
static void copy_rules(const char *name)
{
    static const char *const files[] = { "calendar.csv", "cards.csv", "participants.csv", "senders.ini", "windows.ini" };
    static const char old_name[] = "Metro Line 1,";
    assert_int_equal(mkdir(scratch_path(name), 0700), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/rules/shenzhen/%s", CLR_FIXTURES, files[i]);
        const struct scratch_bytes bytes = scratch_read(path);
        const char *const at = memmem(bytes.data, bytes.size, old_name, sizeof old_name - 1);
        const size_t head = at == NULL ? bytes.size : (size_t)(at - (const char *)bytes.data);
        snprintf(path, sizeof path, "%s/%s", name, files[i]);
        FILE *const file = fopen(scratch_path(path), "wb");
        assert_non_null(file);
        fwrite(bytes.data, 1, head, file);
        if (at != NULL) fputs(evil_name, file), fwrite(at + sizeof old_name - 2, 1, bytes.size - head - (sizeof old_name - 2), file);
        assert_int_equal(fclose(file), 0);
        free(bytes.data);
    }
}

static bool take_id(void *context, const struct clr_record *record)
{
    *(clr_record_id *)context = record->id;
    return false;
}

/* What comes in later, decisions and new rules included, changes nothing of a settled report; the open one moves on. */
static void settled_stays(void **state)
{
    struct clr_fault fault = { 0 };
    struct clr_settled settled;
    struct clr_rules_loaded loaded;
    struct clr_resolved resolved;
    (void)state;
    world_copy("world", "later");
    copy_rules("later-rules");
    struct clr_store *const store = world_open("later");
    char *const before = report_of(store, SETTLED, "zh"), *const again = report_of(store, SETTLED, "zh"),
    *const open = report_of(store, OPEN, "zh");
    expect_same(before, again);
    const char *const more[] = { world_trades("c.csv", 3, 900) };
    world_ingest(store, more, 1);
    if (clr_rules_load(store, scratch_path("later-rules"), false, &loaded, &fault) != CLR_OK) fail_msg("rules: %s", fault.en);
    assert_int_equal(loaded.version, 2);
    const struct clr_record_filter waiting = { .verdict = CLR_VERDICT_CONFLICT, .reason = -1, .limit = 1 };
    clr_record_id id = 0;
    assert_int_equal(clr_records_each(store, &clr_codecs, &waiting, take_id, &id, NULL), CLR_OK);
    if (clr_resolve(store, id, true, "seen", CLR_TIME_NONE, false, &resolved, &fault) != CLR_OK) fail_msg("resolve: %s", fault.en);
    assert_false(resolved.already);
    char *const after = report_of(store, SETTLED, "zh"), *const open_after = report_of(store, OPEN, "zh");
    expect_same(before, after);
    assert_string_not_equal(open, open_after);
    if (clr_settle(store, day_of(OPEN), CLR_ALL_PRODUCTS, scratch_path("out-later"), false, &settled, &fault) != CLR_OK)
        fail_msg("settle: %s", fault.en);
    char *const last = report_of(store, SETTLED, "zh"), *const closed = report_of(store, OPEN, "zh");
    expect_same(before, last);
    expect_text(closed, "id=\"transit-2026-03-02\"");               /* settled on that date, too */
    expect_text(closed, "id=\"transit-2026-03-03\"");
    assert_true(settled.transfer_count > 0);
    for (size_t i = 0; i < settled.transfer_count; i++) {
        expect_text(closed, settled.transfer[i].id);
        expect_yuan(closed, settled.transfer[i].amount_fen);
    }
    assert_null(markup_fault(closed));
    clr_settled_free(&settled);
    clr_store_close(store);
    free(before), free(again), free(open), free(after), free(open_after), free(last), free(closed);
}

/* ---- hostile names ---- */

static void hostile_names(void **state)
{
    struct clr_fault fault = { 0 };
    struct clr_rules_loaded loaded;
    (void)state;
    copy_rules("evil-rules");
    struct clr_store *const store = world_store("evil", &world_small);
    if (clr_rules_load(store, scratch_path("evil-rules"), false, &loaded, &fault) != CLR_OK) fail_msg("rules: %s", fault.en);
    const char *const file = world_trades(evil_file, 5, 300);
    world_ingest(store, &file, 1);
    static const char *const langs[] = { "en", "zh" };
    for (size_t i = 0; i < 2; i++) {
        char *const html = report_of(store, OPEN, langs[i]);
        if (markup_fault(html) != NULL) fail_msg("%s: %s", langs[i], markup_fault(html));
        assert_null(strstr(html, "<script"));
        assert_null(strstr(html, "<img"));
        assert_null(strstr(html, "\xe2\x80\xae"));
        if (i == 0) expect_text(html, "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;");
        expect_text(html, "&lt;img src=x onerror=alert(1)&gt;&quot;&amp;amp;\xef\xbf\xbd.csv");
        free(html);
    }
    clr_store_close(store);
}

/* ---- what is not there, what cannot be written ---- */

static void empty_and_absent(void **state)
{
    struct clr_fault fault = { 0 };
    struct clr_settled settled;
    (void)state;
    struct clr_store *const store = world_store("empty", &world_small);
    assert_int_equal(clr_report_write(store, day_of(SETTLED), CLR_ALL_PRODUCTS, scratch_path("none.html"), "en", &fault), CLR_NOT_FOUND);
    assert_true(fault.en[0] != '\0' && fault.zh[0] != '\0');
    assert_int_not_equal(access(scratch_path("none.html"), F_OK), 0);
    if (clr_settle(store, day_of(SETTLED), CLR_ALL_PRODUCTS, scratch_path("out-empty"), false, &settled, &fault) != CLR_OK)
        fail_msg("settle: %s", fault.en);
    clr_settled_free(&settled);
    char *const en = report_of(store, SETTLED, "en"), *const zh = report_of(store, SETTLED, NULL);
    expect_text(en, "there is nothing to settle");
    expect_same(en, zh);                                     /* no language is English */
    assert_null(markup_fault(en));
    free(en), free(zh);
    assert_int_equal(clr_report_write(store, day_of(OPEN), CLR_ALL_PRODUCTS, scratch_path("none.html"), "en", &fault), CLR_NOT_FOUND);
    clr_store_close(store);
}

static void bad_places(void **state)
{
    static const struct { const char *name, *path, *lang; } cases[] = {
        { "no such folder", "nowhere/report.html", "en" }, { "a folder is there", "folder", "en" },
        { "no such language", "r.html", "fr" }, { "empty language", "r.html", "" },
    };
    struct clr_store *const store = world_open("world");
    (void)state;
    assert_int_equal(mkdir(scratch_path("folder"), 0700), 0);
    scratch_write("folder/kept", "x", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_fault fault = { 0 };
        char beside[64];
        const enum clr_status status = clr_report_write(store, day_of(SETTLED), CLR_ALL_PRODUCTS, scratch_path(cases[i].path),
                                                        cases[i].lang, &fault);
        if (status != CLR_USAGE || fault.zh[0] == '\0') fail_msg("%s: %s", cases[i].name, clr_status_text(status));
        snprintf(beside, sizeof beside, "%s.part", cases[i].path);
        if (access(scratch_path(beside), F_OK) == 0) fail_msg("%s: something is left beside", cases[i].name);
    }
    assert_int_equal(access(scratch_path("folder/kept"), F_OK), 0);
    assert_int_equal(clr_report_write(store, day_of(SETTLED), CLR_ALL_PRODUCTS, "", "en", NULL), CLR_USAGE);
    clr_store_close(store);
}

/* What a killed run left beside is replaced; a link that stands there is never written through. */
static void left_beside(void **state)
{
    struct clr_store *const store = world_open("world");
    (void)state;
    scratch_write("precious", "kept", 4);
    assert_int_equal(symlink(scratch_path("precious"), scratch_path("linked.html.part")), 0);
    assert_int_equal(clr_report_write(store, day_of(SETTLED), CLR_PRODUCT_TRANSIT, scratch_path("linked.html"), "en", NULL), CLR_OK);
    const struct scratch_bytes kept = scratch_read(scratch_path("precious"));
    assert_int_equal(kept.size, 4);
    free(kept.data);
    assert_int_not_equal(access(scratch_path("linked.html.part"), F_OK), 0);
    clr_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_checker),  cmocka_unit_test(text_is_escaped), cmocka_unit_test(labels_are_cut),
        cmocka_unit_test(counts_have_separators),
        cmocka_unit_test(shows_the_money), cmocka_unit_test(settled_stays),   cmocka_unit_test(hostile_names),
        cmocka_unit_test(empty_and_absent),
        cmocka_unit_test(bad_places),      cmocka_unit_test(left_beside),
    };
    return cmocka_run_group_tests(tests, world_group, scratch_close);
}
