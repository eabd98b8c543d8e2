/* test_rules_folder.c: reading a folder: which files, the digest, the stop list in every packing, and the folders of fixtures/. */
#include "rules_fixture.h"

static enum clr_status read_at(const char *path, struct clr_rules_folder *folder, struct clr_fault *fault)
{
    *folder = (struct clr_rules_folder){ 0 };
    memset(fault, 0, sizeof *fault);
    return clr_rules_folder_read(path, rules_tokenizer(), folder, fault);
}

static void digest_at(const char *path, uint8_t digest[CLR_DIGEST_SIZE])
{
    struct clr_rules_folder folder;
    struct clr_fault fault;

    if (read_at(path, &folder, &fault) != CLR_OK) fail_msg("%s: %s", fault.path, fault.en);
    memcpy(digest, folder.digest, CLR_DIGEST_SIZE);
    clr_rules_folder_free(&folder);
}

static void reads_what_is_there(void **state)
{
    static const struct rules_text files[] = {
        { "cards.csv", "product,format,prefix,length,issuer\n" }, { ".hidden", "x" }, { "README.md", "x" }, { "README", "x" }, { "keys.sealed", "\1\2" },
        { "status_list.csv", "card,status\n3101,lost\n" },
    };
    static const char *const want[] = { "cards.csv", "keys.sealed", "participants.csv", "senders.ini", "status_list.bin", "windows.ini" };
    struct clr_rules_folder folder;
    struct clr_fault fault;

    (void)state;
    assert_int_equal(read_at(rules_write("there", files, COUNT_OF(files)), &folder, &fault), CLR_OK);
    assert_int_equal(folder.count, COUNT_OF(want));
    for (size_t i = 0; i < COUNT_OF(want); i++) assert_string_equal(folder.file[i].name, want[i]);
    assert_int_equal(folder.file[1].size, 2);
    assert_memory_equal(folder.file[1].data, "\1\2", 2);
    assert_int_equal(folder.file[2].size, strlen(PARTICIPANTS));
    assert_memory_equal(folder.file[2].data, PARTICIPANTS, folder.file[2].size);
    assert_int_equal(folder.file[4].size, 40);
    clr_rules_folder_free(&folder);
}

static void refuse(const char *name, const char *path, const char *file, const char *says)
{
    struct clr_rules_folder folder;
    struct clr_fault fault;
    const enum clr_status status = read_at(path, &folder, &fault);

    if (status != CLR_USAGE) fail_msg("%s: status %d", name, status);
    if (strstr(fault.path, file) == NULL || strstr(fault.en, says) == NULL || fault.zh[0] == '\0') fail_msg("%s: %s: %s", name, fault.path, fault.en);
}

static void refuses_what_should_not_be(void **state)
{
    static const struct rules_text unknown[] = { { "fees.csv~", "" } }, both[] = { { "status_list.csv", "card,status\n" }, { "status_list.csv.zst", "" } };
    static const char *const needed[] = { "participants.csv", "senders.ini", "windows.ini" };

    (void)state;
    refuse("no folder", scratch_path("nowhere"), "nowhere", "cannot open");
    refuse("a file", scratch_write("file", "x", 1), "file", "cannot open");
    refuse("unknown file", rules_write("bad", unknown, 1), "fees.csv~", "not a file of the rules folder");
    refuse("two stop lists", rules_write("bad", both, 2), "status_list.csv", "both");
    for (size_t i = 0; i < COUNT_OF(needed); i++) {
        char file[64];

        rules_write("bad", NULL, 0);
        snprintf(file, sizeof file, "bad/%s", needed[i]);
        assert_int_equal(unlink(scratch_path(file)), 0);
        refuse(needed[i], scratch_path("bad"), "bad", needed[i]);
    }
    rules_write("bad", NULL, 0);
    assert_int_equal(mkdir(scratch_path("bad/old"), 0700), 0);
    refuse("a folder inside", scratch_path("bad"), "old", "not a file of the rules folder");
    rules_write("bad", NULL, 0);
    assert_int_equal(mkdir(scratch_path("bad/fees.csv"), 0700), 0);
    refuse("a folder of a file's name", scratch_path("bad"), "fees.csv", "not a regular file");
    rules_write("bad", NULL, 0);
    assert_int_equal(mkfifo(scratch_path("bad/fees.csv"), 0600), 0);
    refuse("a pipe", scratch_path("bad"), "fees.csv", "not a regular file");
    assert_int_equal(unlink(scratch_path("bad/fees.csv")), 0);
    scratch_write("bad/fees.csv", "", 0);
    assert_int_equal(truncate(scratch_path("bad/fees.csv"), (64 << 20) + 1), 0);
    refuse("too large", scratch_path("bad"), "fees.csv", "64 MiB");
}

/* A parser that gets a folder from elsewhere says the same about missing files. */
static void parse_needs_its_files(void **state)
{
    struct clr_rules_folder folder = { 0 };
    struct clr_rules *rules = NULL;
    struct clr_fault fault = { 0 };

    (void)state;
    assert_int_equal(clr_rules_parse(&folder, &rules, &fault), CLR_USAGE);
    assert_string_equal(fault.path, "participants.csv");
    assert_null(rules);
}

/* Content and names only: not the order of making, the place or the time. The value itself is held fast: stores name versions by it. */
static void digest_is_of_the_content(void **state)
{
    static const struct rules_text forth[] = { { "cards.csv", "product,format,issuer\n" }, { "fees.csv", "x" } }, back[] = { { "fees.csv", "x" }, { "cards.csv", "product,format,issuer\n" } };
    static const struct rules_text moved[] = { { "cards.csv", "x" }, { "fees.csv", "product,format,issuer\n" } }, longer[] = { { "cards.csv", "product,format,issuer\n" }, { "fees.csv", "x\n" } };
    static const uint8_t small[] = {
        0x4c, 0x72, 0xfe, 0xe2, 0x9c, 0x7c, 0x1b, 0xbd, 0x04, 0xa5, 0x11, 0x6c, 0x36, 0x7e, 0x71, 0x37,
        0x03, 0x4b, 0x6e, 0x6b, 0x4a, 0xe0, 0x8e, 0xc3, 0x12, 0x1b, 0x94, 0x47, 0x90, 0xf9, 0xec, 0x3c,
    };
    uint8_t first[CLR_DIGEST_SIZE], other[CLR_DIGEST_SIZE];

    (void)state;
    digest_at(rules_write("one", forth, 2), first);
    digest_at(rules_write("two", back, 2), other);
    assert_memory_equal(first, other, CLR_DIGEST_SIZE);
    scratch_write("two/.swp", "x", 1);
    digest_at(scratch_path("two"), other);
    assert_memory_equal(first, other, CLR_DIGEST_SIZE);
    digest_at(rules_write("two", moved, 2), other);
    assert_memory_not_equal(first, other, CLR_DIGEST_SIZE);
    digest_at(rules_write("two", longer, 2), other);
    assert_memory_not_equal(first, other, CLR_DIGEST_SIZE);
    digest_at(rules_write("two", forth, 1), other);
    assert_memory_not_equal(first, other, CLR_DIGEST_SIZE);
    rules_write("two", NULL, 0);
    scratch_write("two/participants.csv", "p", 1);
    scratch_write("two/senders.ini", "", 0);
    scratch_write("two/windows.ini", "w\n", 2);
    digest_at(scratch_path("two"), other);
    assert_memory_equal(other, small, CLR_DIGEST_SIZE);
}

/* ---- the stop list ---- */

#define LIST_ROWS 60000u

/* Card i, listed from second i for 10 seconds, every seventh without end; every third card has a second row. */
static struct scratch_bytes make_list(void)
{
    struct scratch_bytes list = { malloc(LIST_ROWS * 160u), 0 };

    assert_non_null(list.data);
    list.size += (size_t)sprintf((char *)list.data, "valid_to,card,reason,status,valid_from\n");
    for (unsigned i = 0; i < LIST_ROWS; i++) {
        char from[CLR_TIME_TEXT_SIZE], to[CLR_TIME_TEXT_SIZE];
        const int64_t start = INT64_C(1700000000) + i;

        clr_time_text(start, from);
        clr_time_text(start + 10, to);
        list.size += (size_t)sprintf((char *)list.data + list.size, "%s,3120%015u,\"挂失, %u\",lost,%s\n", i % 7 == 0 ? "" : to, i, i, from);
        if (i % 3 == 0) list.size += (size_t)sprintf((char *)list.data + list.size, "2001-09-09,3120%015u,,stolen,2001-09-09\n", i);
    }
    return list;
}

static struct clr_token token_of(unsigned card)
{
    char number[32];
    struct clr_token token;

    snprintf(number, sizeof number, "3120%015u", card);
    clr_card_block(rules_tokenizer(), clr_bytes_text(number), token.byte);
    clr_tokens_of_blocks(rules_tokenizer(), &token, 1);
    return token;
}

static void check_list(const struct clr_rules *rules)
{
    const int64_t old = clr_time_of(2001, 9, 9, 0, 0, 0);

    for (unsigned i = 0; i < LIST_ROWS; i += i < 2000 ? 1 : 97) {
        const struct clr_token token = token_of(i);
        const int64_t start = INT64_C(1700000000) + i;
        const bool ok = !clr_rules_card_stopped(rules, &token, start - 1) && clr_rules_card_stopped(rules, &token, start)
            && clr_rules_card_stopped(rules, &token, start + 10) && clr_rules_card_stopped(rules, &token, start + 11) == (i % 7 == 0)
            && !clr_rules_card_stopped(rules, &token, old - 1) && clr_rules_card_stopped(rules, &token, old) == (i % 3 == 0)
            && clr_rules_card_stopped(rules, &token, old + 86399) == (i % 3 == 0) && !clr_rules_card_stopped(rules, &token, old + 86400);
        if (!ok) fail_msg("card %u", i);
    }
    for (unsigned i = LIST_ROWS; i < LIST_ROWS + 1000; i++) {
        const struct clr_token token = token_of(i);
        assert_false(clr_rules_card_stopped(rules, &token, INT64_C(1700000000) + i));
    }
}

static void stop_list_in_every_packing(void **state)
{
    static const enum scratch_packing packings[] = { SCRATCH_PLAIN, SCRATCH_ZSTD, SCRATCH_ZSTD_FRAMES };
    struct scratch_bytes list = make_list();
    struct scratch_bytes rows = { NULL, 0 };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(packings); i++) {
        struct scratch_bytes packed = scratch_pack(packings[i], list.data, list.size);
        struct clr_rules_folder folder;
        struct clr_rules *rules = NULL;
        struct clr_fault fault;

        rules_write("list", NULL, 0);
        scratch_write(i == 0 ? "list/status_list.csv" : "list/status_list.csv.zst", packed.data, packed.size);
        free(packed.data);
        if (read_at(scratch_path("list"), &folder, &fault) != CLR_OK) fail_msg("%s line %lu: %s", fault.path, (unsigned long)fault.line, fault.en);
        assert_string_equal(folder.file[2].name, "status_list.bin");
        assert_int_equal(folder.file[2].size, 40u * (LIST_ROWS + LIST_ROWS / 3));
        if (i == 0) rows = scratch_copy(folder.file[2].data, folder.file[2].size);
        else assert_memory_equal(rows.data, folder.file[2].data, rows.size);
        assert_int_equal(clr_rules_parse(&folder, &rules, &fault), CLR_OK);
        clr_rules_folder_free(&folder);
        check_list(rules);
        clr_rules_destroy(rules);
    }
    for (size_t i = 40; i < rows.size; i += 40) assert_true(memcmp(rows.data + i - 40, rows.data + i, 16) <= 0);
    free(rows.data);
    free(list.data);
}

static void stop_list_times(void **state)
{
    static const struct rules_text file = { "status_list.csv",
        "card,status,reason,valid_from,valid_to\n"
        "3120000000000000000,black,,,2026-01-31\n"                                        /* open start, date as an end */
        "3120000000000000001,black,,2026-02-01T10:00:00Z,\n"                              /* another zone */
        "3120000000000000002,lost,,2026-01-01,2026-12-31\n3120000000000000002,stolen,,2026-06-01,2026-06-02\n"   /* one inside the other */
        "3120000000000000002,lost,,2026-01-01,2026-12-31\n" };                            /* and once more */
    static const struct { unsigned card; const char *at; bool stopped; } cases[] = {
        { 0, "1970-01-02T00:00:00+08:00", true },  { 0, "2026-01-31T23:59:59+08:00", true },  { 0, "2026-02-01T00:00:00+08:00", false },
        { 1, "2026-02-01T17:59:59+08:00", false }, { 1, "2026-02-01T18:00:00+08:00", true },  { 1, "2200-01-01T00:00:00+08:00", true },
        { 2, "2026-07-01T00:00:00+08:00", true },  { 2, "2026-06-02T12:00:00+08:00", true },  { 2, "2027-01-01T00:00:00+08:00", false },
        { 3, "2026-07-01T00:00:00+08:00", false },
    };
    struct clr_rules *rules = rules_of(&file, 1);
    const struct clr_token first = token_of(0);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct clr_token token = token_of(cases[i].card);
        if (clr_rules_card_stopped(rules, &token, clr_time_parse(clr_bytes_text(cases[i].at))) != cases[i].stopped) fail_msg("card %u at %s", cases[i].card, cases[i].at);
    }
    assert_false(clr_rules_card_stopped(rules, &first, CLR_TIME_NONE));
    clr_rules_destroy(rules);
}

/* One card thousands of times, and equal rows: the sort goes through every byte of its key. */
static void stop_list_of_one_card(void **state)
{
    struct scratch_bytes list = { malloc(1 << 20), 0 };
    struct clr_rules_folder folder;
    struct clr_fault fault;
    int64_t before = INT64_MIN;

    (void)state;
    list.size += (size_t)sprintf((char *)list.data, "card,status,valid_from\n");
    for (unsigned i = 0; i < 6000; i++) list.size += (size_t)sprintf((char *)list.data + list.size, "3120000000000000007,lost,%d-01-01T00:00:%02u+08:00\n", 1960 + (int)(i * 7919 % 100), i % 3);
    rules_write("list", NULL, 0);
    scratch_write("list/status_list.csv", list.data, list.size);
    free(list.data);
    assert_int_equal(read_at(scratch_path("list"), &folder, &fault), CLR_OK);
    assert_int_equal(folder.file[2].size, 40 * 300);
    for (size_t i = 0; i < folder.file[2].size; i += 40) {
        int64_t from;

        memcpy(&from, folder.file[2].data + i + 16, sizeof from);
        assert_true(from > before);
        before = from;
    }
    clr_rules_folder_free(&folder);
}

static void damaged_packing_is_refused(void **state)
{
    static const char text[] = "card,status\n3120000000000000007,lost\n3120000000000000008,lost\n";
    struct scratch_bytes packed = scratch_zstd(text, sizeof text - 1);

    (void)state;
    rules_write("list", NULL, 0);
    for (size_t cut = 0; cut < packed.size; cut++) {
        scratch_write("list/status_list.csv.zst", packed.data, cut);
        refuse("cut off", scratch_path("list"), "status_list.csv.zst", "zstd");
    }
    packed.data[packed.size - 1] ^= 1;
    scratch_write("list/status_list.csv.zst", packed.data, packed.size);
    refuse("checksum", scratch_path("list"), "status_list.csv.zst", "damaged");
    scratch_write("list/status_list.csv.zst", text, sizeof text - 1);
    refuse("not packed", scratch_path("list"), "status_list.csv.zst", "not a zstd file");
    free(packed.data);
}

static void damaged_rows_are_noticed(void **state)
{
    static const struct rules_text file = { "status_list.csv", "card,status\n3120000000000000007,lost\n3120000000000000008,lost\n" };
    struct clr_rules_folder folder;
    struct clr_rules *rules = NULL;
    struct clr_fault fault;
    uint8_t swapped[80];

    (void)state;
    assert_int_equal(read_at(rules_write("list", &file, 1), &folder, &fault), CLR_OK);
    folder.file[2].size = 79;
    assert_int_equal(clr_rules_parse(&folder, &rules, &fault), CLR_DAMAGED);
    folder.file[2].size = 80;
    memcpy(swapped, folder.file[2].data + 40, 40);
    memcpy(swapped + 40, folder.file[2].data, 40);
    memcpy(folder.file[2].data, swapped, 80);
    assert_int_equal(clr_rules_parse(&folder, &rules, &fault), CLR_DAMAGED);
    assert_null(rules);
    clr_rules_folder_free(&folder);
}

/* ---- the folders that come with the program ---- */

static void fixtures_load(void **state)
{
    struct clr_rules *rules = rules_load(CLR_FIXTURES "/rules/jiangsu");
    const clr_day day = rules_day("2026-03-03");
    const struct clr_token lost = { .byte = { 0 } };
    unsigned regions = 0;

    (void)state;
    for (size_t i = 0; i < rules->participant_count; i++) regions += rules->participant[i].role == CLR_ROLE_REGION;
    assert_int_equal(regions, 14);
    assert_false(clr_rules_card_stopped(rules, &lost, 0));
    assert_int_equal(clr_rules_centre(rules, CLR_PRODUCT_TRANSIT, day), rules_row(rules, "jiangsu-centre"));
    assert_int_equal(clr_rules_alias(rules, CLR_ROLE_ISSUER, CLR_PRODUCT_TRANSIT, CLR_FORMAT_YZ316, "city", clr_bytes_text("3120"), day), rules_row(rules, "yangzhou-card"));
    assert_int_equal(clr_rules_alias(rules, CLR_ROLE_ACQUIRER, CLR_PRODUCT_TRANSIT, CLR_FORMAT_YZ316, "city", clr_bytes_text("3120"), day), rules_row(rules, "yangzhou-bus"));
    assert_int_equal(clr_rules_alias(rules, CLR_ROLE_ACQUIRER, CLR_PRODUCT_TRANSIT, CLR_FORMAT_YZ316, "unit", clr_bytes_text("30500217"), day), rules_row(rules, "suzhou-taxi"));
    assert_int_equal(clr_rules_alias(rules, CLR_ROLE_ACQUIRER, CLR_PRODUCT_TRANSIT, CLR_FORMAT_XF158, "merchant", clr_bytes_text("000000030100301"), day), rules_row(rules, "nanjing-metro"));
    assert_int_equal(clr_rules_card_issuer(rules, CLR_PRODUCT_TRANSIT, CLR_FORMAT_XF160, clr_bytes_text("03130501234567890123"), day), rules_row(rules, "suzhou-card"));
    assert_int_equal(clr_rules_card_issuer(rules, CLR_PRODUCT_TRANSIT, CLR_FORMAT_YZ316, clr_bytes_text(" 3199011234567890123 "), rules_day("2025-12-31")), rules_row(rules, "nanjing-card"));
    assert_int_equal(clr_rules_card_issuer(rules, CLR_PRODUCT_TRANSIT, CLR_FORMAT_YZ316, clr_bytes_text("3199011234567890123"), day), rules_row(rules, "suzhou-card"));
    assert_int_equal(clr_rules_member(rules, rules_row(rules, "yangzhou-bike"), day), rules_row(rules, "yangzhou-card"));
    assert_int_equal(clr_rules_member(rules, rules_row(rules, "suqian-bus"), rules_day("2025-12-31")), rules_row(rules, "suqian-card"));
    assert_int_equal(clr_rules_member(rules, rules_row(rules, "suqian-bus"), day), rules_row(rules, "suqian-bus"));
    /* National Day of 2026 and the working Saturday after it. */
    assert_int_equal(clr_rules_settlement_day(rules, CLR_PRODUCT_TRANSIT, rules_day("2026-09-30")), rules_day("2026-10-08"));
    assert_int_equal(clr_rules_settlement_day(rules, CLR_PRODUCT_TRANSIT, rules_day("2026-10-09")), rules_day("2026-10-10"));
    assert_string_equal(rules->sender[clr_rules_sender_match(rules, "XF2026030301000000030500101001", CLR_FORMAT_XF158)].name, "suzhou");
    assert_string_equal(rules->sender[clr_rules_sender_match(rules, "moves-suqian-1.csv", CLR_FORMAT_MOVES)].name, "suqian");
    assert_string_equal(rules->sender[clr_rules_sender_match(rules, "moves-1.csv", CLR_FORMAT_MOVES)].name, "jiangsu-centre");
    /* Toll: a card is network and number; participants are known by their number in messages. */
    assert_int_equal(clr_rules_centre(rules, CLR_PRODUCT_TOLL, day), rules_row(rules, "jiangsu-etc-centre"));
    assert_int_equal(clr_rules_card_issuer(rules, CLR_PRODUCT_TOLL, CLR_FORMAT_JSETC, clr_bytes_text("32014000000000001001"), day), rules_row(rules, "suhui-etc"));
    assert_int_equal(clr_rules_card_issuer(rules, CLR_PRODUCT_TOLL, CLR_FORMAT_JSETC, clr_bytes_text("37024000000000001001"), day), rules_row(rules, "shandong-etc"));
    assert_int_equal(clr_rules_card_issuer(rules, CLR_PRODUCT_TOLL, CLR_FORMAT_JSETC, clr_bytes_text("99014000000000001001"), day), -1);
    assert_int_equal(clr_rules_alias(rules, CLR_ROLE_ACQUIRER, CLR_PRODUCT_TOLL, CLR_FORMAT_JSETC, "provider", clr_bytes_text("FD"), day), rules_row(rules, "sutong-services"));
    assert_int_equal(clr_rules_alias(rules, CLR_ROLE_CENTRE, CLR_PRODUCT_TOLL, CLR_FORMAT_JSETC, "provider", clr_bytes_text("20"), day), rules_row(rules, "jiangsu-etc-centre"));
    assert_int_equal(clr_rules_participant(rules, clr_bytes_text("province:37"), day), rules_row(rules, "province:37"));
    assert_string_equal(rules->sender[clr_rules_sender_match(rules, "QFB_114462.xml", CLR_FORMAT_JSETC)].name, "jiangsu-etc-centre");
    clr_rules_destroy(rules);

    rules = rules_load(CLR_FIXTURES "/rules/shenzhen");
    assert_int_equal(clr_rules_card_issuer(rules, CLR_PRODUCT_TRANSIT, CLR_FORMAT_SZT_CSV, clr_bytes_text("CBHGDEEJB"), rules_day("2018-08-31")), rules_row(rules, "shenzhentong"));
    assert_int_equal(clr_rules_alias(rules, CLR_ROLE_ACQUIRER, CLR_PRODUCT_TRANSIT, CLR_FORMAT_SZT_JSON, "company", clr_bytes_text("地铁五号线"), rules_day("2018-09-01")), rules_row(rules, "metro-5"));
    assert_int_equal(rules->fee_count, 0);
    assert_int_equal(rules->sender[clr_rules_sender_match(rules, "whatever.csv", -1)].window, CLR_WINDOW_DECLARED);
    clr_rules_destroy(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_there),
        cmocka_unit_test(refuses_what_should_not_be),
        cmocka_unit_test(parse_needs_its_files),
        cmocka_unit_test(digest_is_of_the_content),
        cmocka_unit_test(stop_list_in_every_packing),
        cmocka_unit_test(stop_list_times),
        cmocka_unit_test(stop_list_of_one_card),
        cmocka_unit_test(damaged_packing_is_refused),
        cmocka_unit_test(damaged_rows_are_noticed),
        cmocka_unit_test(fixtures_load),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
