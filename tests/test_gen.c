/*
 * test_gen.c: the generator: same options same bytes, what it refuses, figures that add up, files that the codecs and the rules read
 * as they were meant. That the whole engine agrees with expected.json is tests/gen_vs_engine.sh; that an independent oracle does, tests/gen_vs_oracle.py.
 */
#include "scratch.h"

#include <dirent.h>

#include "base/token.h"
#include "codec_drive.h"
#include "gen/gen.h"
#include "gen/gen_book.h"
#include "gen/gen_moves.h"
#include "model/rules.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const enum clr_format formats[] = { CLR_FORMAT_YZ316, CLR_FORMAT_XF158, CLR_FORMAT_XF160, CLR_FORMAT_SZT_CSV, CLR_FORMAT_SZT_JSON, CLR_FORMAT_MOVES, CLR_FORMAT_TRADE_CSV };

static struct gen_options plain(enum clr_format format, uint64_t records, uint64_t seed, const char *out)
{
    return (struct gen_options){ .format = format, .records = records, .seed = seed, .out = out, .date = CLR_DAY_NONE, .received_at = CLR_TIME_NONE };
}

/** Every fault the format can carry, all at once. */
static struct gen_options faulty(enum clr_format format, uint64_t records, uint64_t seed, const char *out)
{
    struct gen_options options = plain(format, records, seed, out);
    const bool xf = format == CLR_FORMAT_XF158 || format == CLR_FORMAT_XF160;

    for (unsigned r = 0; r < GEN_RATE_COUNT; r++) options.rate_ppm[r] = 20000;
    options.rate_ppm[GEN_RATE_BAD_TAC] = 0;
    if (!xf) options.rate_ppm[GEN_RATE_GRAY] = 0;
    if (format != CLR_FORMAT_YZ316) options.rate_ppm[GEN_RATE_TEST] = 0;
    if (!xf && format != CLR_FORMAT_YZ316 && format != CLR_FORMAT_TRADE_CSV) options.rate_ppm[GEN_RATE_GAPS] = 0;
    return options;
}

static struct gen_result generate(const struct gen_options *options)
{
    struct gen_result result;
    struct clr_fault fault = { 0 };
    const enum clr_status status = clr_gen_run(options, &result, &fault);

    if (status != CLR_OK) fail_msg("%s: %s", options->out, fault.en);
    return result;
}

/* ---- what it refuses ---- */

static void refuses_options(void **state)
{
    static const struct {
        const char *name;
        enum clr_format format;
        uint64_t records;
        unsigned files;
        uint64_t cards;
        int rate;
        uint32_t ppm;
        const char *says;
    } cases[] = {
        { "no records", CLR_FORMAT_YZ316, 0, 0, 0, -1, 0, "--records" },
        { "more files than records", CLR_FORMAT_YZ316, 10, 11, 0, -1, 0, "--files" },
        { "too many files", CLR_FORMAT_YZ316, 100000, 1000, 0, -1, 0, "--files" },
        { "too few cards", CLR_FORMAT_YZ316, 100000, 1, 2, -1, 0, "--cards" },
        { "too many cards", CLR_FORMAT_YZ316, 10, 1, GEN_CARDS_MAX + 1, -1, 0, "--cards" },
        { "no format", CLR_FORMAT_COUNT, 10, 1, 0, -1, 0, "--format" },
        { "rate above all", CLR_FORMAT_YZ316, 10, 1, 0, GEN_RATE_LATE, 1000001, "--late" },
        { "bad TACs need keys", CLR_FORMAT_YZ316, 10, 1, 0, GEN_RATE_BAD_TAC, 1, "--bad-tac" },
        { "bad TACs, moves", CLR_FORMAT_MOVES, 10, 1, 0, GEN_RATE_BAD_TAC, 1, "--bad-tac" },
        { "no gray flag in yz316", CLR_FORMAT_YZ316, 10, 1, 0, GEN_RATE_GRAY, 1, "--gray" },
        { "no gray flag in open data", CLR_FORMAT_SZT_CSV, 10, 1, 0, GEN_RATE_GRAY, 1, "--gray" },
        { "no test flag in xf", CLR_FORMAT_XF160, 10, 1, 0, GEN_RATE_TEST, 1, "--test" },
        { "no gray flag in trade-csv", CLR_FORMAT_TRADE_CSV, 10, 1, 0, GEN_RATE_GRAY, 1, "--gray" },
        { "no test flag in trade-csv", CLR_FORMAT_TRADE_CSV, 10, 1, 0, GEN_RATE_TEST, 1, "--test" },
        { "no counters in open data", CLR_FORMAT_SZT_JSON, 10, 1, 0, GEN_RATE_GAPS, 1, "--gaps" },
        { "no counters in moves", CLR_FORMAT_MOVES, 10, 1, 0, GEN_RATE_GAPS, 1, "--gaps" },
        { "all gaps", CLR_FORMAT_YZ316, 10, 1, 0, GEN_RATE_GAPS, 500001, "--gaps" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gen_options options = plain(cases[i].format, cases[i].records, 1, scratch_path("refused"));
        struct gen_result result;
        struct clr_fault fault = { 0 };
        options.files = cases[i].files;
        options.cards = cases[i].cards;
        if (cases[i].rate >= 0) options.rate_ppm[cases[i].rate] = cases[i].ppm;
        if (clr_gen_run(&options, &result, &fault) != CLR_USAGE) fail_msg("%s: not refused", cases[i].name);
        if (strstr(fault.en, cases[i].says) == NULL || fault.zh[0] == '\0') fail_msg("%s: %s", cases[i].name, fault.en);
        if (access(options.out, F_OK) == 0) fail_msg("%s: left something behind", cases[i].name);
    }
}

static void refuses_too_many_faults(void **state)
{
    struct gen_options options = plain(CLR_FORMAT_YZ316, 10, 1, scratch_path("faults"));
    struct gen_result result;

    (void)state;
    options.rate_ppm[GEN_RATE_LATE] = options.rate_ppm[GEN_RATE_ZERO] = 500000;
    options.rate_ppm[GEN_RATE_STOP] = 1;
    assert_int_equal(clr_gen_run(&options, &result, NULL), CLR_USAGE);
}

static void refuses_stamps(void **state)
{
    static const struct { const char *name, *stamp; bool good; } cases[] = {
        { "during the day", "2026-03-02T12:00:00+08:00", false },
        { "last second of the day", "2026-03-02T23:59:59+08:00", false },
        { "first second of the next day", "2026-03-03T00:00:00+08:00", true },
        { "the last day that is not late", "2026-03-31T23:59:59+08:00", true },
        { "one day more", "2026-04-01T00:00:00+08:00", false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char name[32];
        snprintf(name, sizeof name, "stamp%zu", i);
        struct gen_options options = plain(CLR_FORMAT_XF158, 100, 1, scratch_path(name));
        struct gen_result result;
        options.received_at = clr_time_parse(clr_bytes_text(cases[i].stamp));
        const enum clr_status status = clr_gen_run(&options, &result, NULL);
        if (status != (cases[i].good ? CLR_OK : CLR_USAGE)) fail_msg("%s: status %d", cases[i].name, status);
        if (cases[i].good && result.verdict[CLR_VERDICT_ACCEPTED] != 100) fail_msg("%s: not all accepted", cases[i].name);
    }
}

static void keeps_what_is_there(void **state)
{
    struct gen_options options = plain(CLR_FORMAT_YZ316, 10, 1, scratch_path("there"));
    struct gen_result result;
    struct clr_fault fault = { 0 };

    (void)state;
    assert_int_equal(mkdir(options.out, 0777), 0);
    scratch_write("there/mine", "x", 1);
    assert_int_equal(clr_gen_run(&options, &result, &fault), CLR_USAGE);
    assert_non_null(strstr(fault.en, "not empty"));
    assert_int_equal(access(scratch_path("there/mine"), F_OK), 0);
    assert_int_not_equal(access(scratch_path("there/rules"), F_OK), 0);
}

static void cleans_up_after_bad_rules(void **state)
{
    struct gen_options options = plain(CLR_FORMAT_SZT_CSV, 10, 1, scratch_path("jiangsu"));
    struct gen_result result;
    struct clr_fault fault = { 0 };

    (void)state;
    options.format = CLR_FORMAT_YZ316;
    generate(&options);
    options = plain(CLR_FORMAT_SZT_CSV, 10, 1, scratch_path("nobody"));
    options.rules = scratch_path("jiangsu/rules");
    assert_int_equal(clr_gen_run(&options, &result, &fault), CLR_USAGE);
    assert_non_null(strstr(fault.en, "cards.csv"));
    assert_int_not_equal(access(scratch_path("nobody/inbox"), F_OK), 0);
    options.rules = scratch_path("none");
    assert_int_equal(clr_gen_run(&options, &result, &fault), CLR_USAGE);
    assert_non_null(strstr(fault.en, "participants.csv"));
}

/* ---- determinism ---- */

static void assert_same_folder(const char *a, const char *b)
{
    DIR *directory = opendir(a);
    char from[PATH_MAX], to[PATH_MAX];
    unsigned count = 0;

    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL; ) {
        if (entry->d_name[0] == '.') continue;
        snprintf(from, sizeof from, "%s/%s", a, entry->d_name);
        snprintf(to, sizeof to, "%s/%s", b, entry->d_name);
        struct scratch_bytes one = scratch_read(from), two = scratch_read(to);
        if (one.size != two.size || memcmp(one.data, two.data, one.size) != 0) fail_msg("%s differs", entry->d_name);
        free(one.data);
        free(two.data);
        count++;
    }
    closedir(directory);
    assert_true(count > 0);
}

static bool same_file(const char *a, const char *b)
{
    struct scratch_bytes one = scratch_read(a), two = scratch_read(b);
    const bool same = one.size == two.size && memcmp(one.data, two.data, one.size) == 0;

    free(one.data);
    free(two.data);
    return same;
}

static void same_options_same_bytes(void **state)
{
    (void)state;
    for (size_t f = 0; f < COUNT_OF(formats); f++) {
        char a[64], b[64], c[64], one[96], two[96];
        snprintf(a, sizeof a, "same%zu", f);
        snprintf(b, sizeof b, "again%zu", f);
        snprintf(c, sizeof c, "other%zu", f);
        struct gen_options options = faulty(formats[f], 1500, 42, scratch_path(a));
        generate(&options);
        options.out = scratch_path(b);
        generate(&options);
        options.out = scratch_path(c);
        options.seed = 43;
        generate(&options);
        for (unsigned part = 0; part < 2; part++) {
            snprintf(one, sizeof one, "%s/%s", a, part == 0 ? "inbox" : "rules");
            snprintf(two, sizeof two, "%s/%s", b, part == 0 ? "inbox" : "rules");
            assert_same_folder(scratch_path(one), scratch_path(two));
        }
        snprintf(one, sizeof one, "%s/expected.json", a);
        snprintf(two, sizeof two, "%s/expected.json", b);
        assert_true(same_file(scratch_path(one), scratch_path(two)));
        snprintf(two, sizeof two, "%s/expected.json", c);
        assert_false(same_file(scratch_path(one), scratch_path(two)));
    }
}

/* ---- the figures ---- */

static void without_faults_all_is_accepted(void **state)
{
    (void)state;
    for (size_t f = 0; f < COUNT_OF(formats); f++) {
        char name[32];
        snprintf(name, sizeof name, "clean%zu", f);
        const struct gen_options options = plain(formats[f], 777, 5, scratch_path(name));
        const struct gen_result result = generate(&options);
        assert_int_equal(result.records, 777);
        assert_int_equal(result.files, GEN_FILES_DEFAULT);
        assert_int_equal(result.moves, 0);
        assert_int_equal(result.verdict[CLR_VERDICT_ACCEPTED], 777);
    }
}

static void figures_add_up(void **state)
{
    (void)state;
    for (size_t f = 0; f < COUNT_OF(formats); f++) {
        char name[32];
        uint64_t sum = 0;
        snprintf(name, sizeof name, "sums%zu", f);
        const struct gen_options options = faulty(formats[f], 2500, 9, scratch_path(name));
        const struct gen_result result = generate(&options);
        for (unsigned v = 0; v < CLR_VERDICT_COUNT; v++) {
            assert_true(result.verdict[v] > 0);
            sum += result.verdict[v];
        }
        assert_int_equal(result.records, 2500);
        assert_int_equal(sum, result.records + result.moves);
        assert_true(formats[f] == CLR_FORMAT_MOVES ? result.moves == 0 : result.moves > 0);
    }
}

static void one_fault_gives_its_verdict(void **state)
{
    static const struct { const char *name; enum clr_format format; enum gen_rate rate; enum clr_verdict verdict; } cases[] = {
        { "duplicates", CLR_FORMAT_YZ316, GEN_RATE_DUPLICATES, CLR_VERDICT_DUPLICATE },
        { "conflicts", CLR_FORMAT_SZT_CSV, GEN_RATE_CONFLICTS, CLR_VERDICT_CONFLICT },
        { "malformed", CLR_FORMAT_XF158, GEN_RATE_MALFORMED, CLR_VERDICT_REJECTED },
        { "late", CLR_FORMAT_MOVES, GEN_RATE_LATE, CLR_VERDICT_REJECTED },
        { "unknown", CLR_FORMAT_SZT_JSON, GEN_RATE_UNKNOWN, CLR_VERDICT_PENDING },
        { "test", CLR_FORMAT_YZ316, GEN_RATE_TEST, CLR_VERDICT_REJECTED },
        { "stop", CLR_FORMAT_XF160, GEN_RATE_STOP, CLR_VERDICT_REJECTED },
        { "zero", CLR_FORMAT_XF160, GEN_RATE_ZERO, CLR_VERDICT_ACCEPTED },
        { "gaps", CLR_FORMAT_XF160, GEN_RATE_GAPS, CLR_VERDICT_ACCEPTED },
        { "cross-region", CLR_FORMAT_XF160, GEN_RATE_CROSS_REGION, CLR_VERDICT_ACCEPTED },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char name[32];
        snprintf(name, sizeof name, "fault%zu", i);
        struct gen_options options = plain(cases[i].format, 1000, 3, scratch_path(name));
        options.rate_ppm[cases[i].rate] = 100000;
        const struct gen_result result = generate(&options);
        for (unsigned v = 0; v < CLR_VERDICT_COUNT; v++) {
            const bool there = result.verdict[v] > 0;
            if (there != (v == CLR_VERDICT_ACCEPTED || v == cases[i].verdict)) fail_msg("%s: %s", cases[i].name, clr_verdict_term(v).name);
        }
        if (result.records != 1000) fail_msg("%s: %llu records", cases[i].name, (unsigned long long)result.records);
    }
}

/* ---- what the codecs and the rules see ---- */

struct seen {
    uint64_t records, refused;                /* refused for their form, or of the future */
    int64_t stamp;
};

static void see(void *context, const struct clr_codec_file *file, const struct clr_raw *raw, struct clr_bytes block, uint64_t offset)
{
    struct seen *seen = context;

    (void)file;
    (void)block;
    (void)offset;
    seen->records++;
    if (clr_verdict_of(raw->reasons) == CLR_VERDICT_REJECTED || (raw->traded_at_s != CLR_TIME_NONE && raw->traded_at_s > seen->stamp)) seen->refused++;
}

static void drive_inbox(const char *inbox, enum clr_format format, struct seen *seen)
{
    DIR *directory = opendir(inbox);
    char path[PATH_MAX];

    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL; ) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", inbox, entry->d_name);
        struct scratch_bytes bytes = scratch_read(path);
        const struct clr_bytes head = clr_bytes_of(bytes.data, bytes.size < CLR_HEAD_SIZE ? bytes.size : CLR_HEAD_SIZE);
        const struct clr_codec *codec = clr_codec_sniff(&clr_codecs, head, entry->d_name);
        if (codec == NULL || codec->format != format) fail_msg("%s: taken for %s", entry->d_name, codec == NULL ? "nothing" : codec->name);
        const struct drive_result result = drive(codec, clr_bytes_of(bytes.data, bytes.size), &(struct drive_options){ .name = entry->d_name }, see, seen);
        if (result.status != CLR_OK || result.file.finding_count != 0) fail_msg("%s: %s", entry->d_name, result.file.findings[0].declared);
        free(bytes.data);
    }
    closedir(directory);
}

static void codecs_see_what_was_broken(void **state)
{
    (void)state;
    for (size_t f = 0; f < COUNT_OF(formats); f++) {
        char name[32], inbox[64];
        snprintf(name, sizeof name, "broken%zu", f);
        snprintf(inbox, sizeof inbox, "%s/inbox", name);
        struct gen_options options = plain(formats[f], 4000, 8, scratch_path(name));
        options.rate_ppm[GEN_RATE_MALFORMED] = 200000;
        options.files = 5;
        const struct gen_result result = generate(&options);
        struct seen seen = { .stamp = result.stamp };
        drive_inbox(scratch_path(inbox), formats[f], &seen);
        assert_int_equal(seen.records, 4000);
        assert_int_equal(seen.refused, result.verdict[CLR_VERDICT_REJECTED]);
        assert_true(seen.refused > 600);
    }
}

static void rules_folders_are_good(void **state)
{
    static const uint8_t key[CLR_STORE_KEY_SIZE] = { 7 };
    struct clr_tokenizer *tokenizer;

    (void)state;
    assert_int_equal(clr_tokenizer_create(key, &tokenizer), CLR_OK);
    for (size_t f = 0; f < COUNT_OF(formats); f++) {
        char name[32], again[32], path[64];
        struct clr_rules_folder folder = { 0 };
        struct clr_rules *rules;
        struct clr_fault fault = { 0 };
        snprintf(name, sizeof name, "rules%zu", f);
        snprintf(again, sizeof again, "rules%zu-again", f);
        struct gen_options options = plain(formats[f], 500, 8, scratch_path(name));
        options.rate_ppm[GEN_RATE_STOP] = 50000;
        generate(&options);
        /* Its own rules can be given back: another day, the stopped cards of the first are not used again. */
        snprintf(path, sizeof path, "%s/rules", name);
        options.rules = scratch_path(path);
        options.out = scratch_path(again);
        options.date = clr_day_of_date(2026, 3, 3);
        const struct gen_result result = generate(&options);
        assert_true(result.verdict[CLR_VERDICT_REJECTED] > 0);
        snprintf(path, sizeof path, "%s/rules", again);
        if (clr_rules_folder_read(scratch_path(path), tokenizer, &folder, &fault) != CLR_OK) fail_msg("%s: %s", fault.path, fault.en);
        if (clr_rules_parse(&folder, &rules, &fault) != CLR_OK) fail_msg("%s:%llu: %s", fault.path, (unsigned long long)fault.line, fault.en);
        assert_true(rules->fee_count > 0 && rules->sender_count > 0 && rules->participant_count > 8);
        clr_rules_destroy(rules);
        clr_rules_folder_free(&folder);
    }
    clr_tokenizer_destroy(tokenizer);
}

/* ---- small parts ---- */

static void fees_round_as_the_rules_say(void **state)
{
    static const struct { const char *name; struct gen_fee fee; int64_t numerator, want; } cases[] = {
        { "half up", { .max_fen = INT64_MAX }, 500000, 1 },
        { "below half", { .max_fen = INT64_MAX }, 499999, 0 },
        { "half away below zero", { .max_fen = INT64_MAX, .total = true }, -500000, -1 },
        { "min of a record", { .min_fen = 3, .max_fen = 20 }, 1000000, 3 },
        { "max of a record", { .min_fen = 3, .max_fen = 20 }, 50000000, 20 },
        { "min of a total that is paid", { .min_fen = 3, .max_fen = 20, .total = true }, 1000000, 3 },
        { "no min of a total of nothing", { .min_fen = 3, .max_fen = 20, .total = true }, 0, 0 },
        { "no min of a total that turned", { .min_fen = 3, .max_fen = 20, .total = true }, -7000000, -7 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (gen_fee_close(&cases[i].fee, cases[i].numerator) != cases[i].want) fail_msg("%s", cases[i].name);
    }
    assert_int_equal(gen_share(10, 333333), 3);
    assert_int_equal(gen_share(-10, 333333), -3);
    assert_int_equal(gen_share(INT64_C(4000000000000000000), 1000000), INT64_C(4000000000000000000));
}

static void parts_of_a_refund_make_sense(void **state)
{
    struct gen_random random;
    unsigned reasons[CLR_REASON_COUNT] = { 0 }, accepted = 0;

    (void)state;
    gen_random_seed(&random, 1, 2);
    for (unsigned round = 0; round < 20000; round++) {
        const int64_t amount_fen = gen_random_between(&random, 1, round % 2 == 0 ? 5 : 9000);
        struct gen_part parts[GEN_PARTS_MAX];
        const unsigned count = gen_parts_draw(&random, amount_fen, parts);
        int64_t refunded_fen = 0;
        assert_true(count >= 1 && count <= GEN_PARTS_MAX);
        for (unsigned p = 0; p < count; p++) {
            assert_true(parts[p].amount_fen != 0 && parts[p].refunded_fen == refunded_fen);
            assert_true(parts[p].amount_fen > 0 || parts[p].kind == CLR_KIND_ADJUST);
            if (parts[p].reason != GEN_ACCEPTED) reasons[parts[p].reason]++;
            else accepted++;
            if (parts[p].reason == GEN_ACCEPTED && parts[p].kind != CLR_KIND_ADJUST) refunded_fen += parts[p].amount_fen;
        }
        assert_true(refunded_fen <= amount_fen);
    }
    assert_true(accepted > 10000 && reasons[CLR_REASON_BIT_REFUND_EXCEEDS_ORIGINAL] > 100 && reasons[CLR_REASON_BIT_ALREADY_REFUNDED] > 100
                && reasons[CLR_REASON_BIT_REFUND_WITHOUT_ORIGINAL] > 100 && reasons[CLR_REASON_BIT_FIELD_MISMATCH] > 100);
}

static void slots_follow_the_day(void **state)
{
    int32_t last_s = INT32_MIN, noon = 0;

    (void)state;
    for (uint64_t slot = 0; slot < 100000; slot++) {
        const int32_t time_s = gen_time_of_slot(CLR_FORMAT_YZ316, slot, 100000);
        assert_true(time_s >= last_s && time_s >= 0 && time_s < CLR_DAY_S);
        if (time_s < 12 * 3600) noon++;
        last_s = time_s;
    }
    assert_true(noon > 40000 && noon < 60000 && last_s > 23 * 3600);
    assert_int_equal(gen_time_of_slot(CLR_FORMAT_SZT_CSV, 0, 6400), -18000);
    assert_int_equal(gen_time_of_slot(CLR_FORMAT_SZT_CSV, 100, 6400), 0);
    assert_true(gen_time_of_slot(CLR_FORMAT_SZT_CSV, UINT64_C(3999999999), UINT64_C(4000000000)) < CLR_DAY_S);
}

static void numbers_are_ours(void **state)
{
    struct gen_random random;

    /* Fixed for ever: a seed means the same bytes on every machine. */
    (void)state;
    gen_random_seed(&random, 1, 0);
    const uint64_t first = gen_random_next(&random), second = gen_random_next(&random);
    gen_random_seed(&random, 1, 0);
    assert_true(gen_random_next(&random) == first && gen_random_next(&random) == second && first != second);
    assert_true(gen_mix(0) == UINT64_C(0xe220a8397b1dcdaf));
    assert_int_equal(gen_random_below(&random, 0), 0);
    for (unsigned i = 0; i < 1000; i++) {
        const int64_t drawn = gen_random_between(&random, -3, 3);
        assert_true(drawn >= -3 && drawn <= 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_options),
        cmocka_unit_test(refuses_too_many_faults),
        cmocka_unit_test(refuses_stamps),
        cmocka_unit_test(keeps_what_is_there),
        cmocka_unit_test(cleans_up_after_bad_rules),
        cmocka_unit_test(same_options_same_bytes),
        cmocka_unit_test(without_faults_all_is_accepted),
        cmocka_unit_test(figures_add_up),
        cmocka_unit_test(one_fault_gives_its_verdict),
        cmocka_unit_test(codecs_see_what_was_broken),
        cmocka_unit_test(rules_folders_are_good),
        cmocka_unit_test(fees_round_as_the_rules_say),
        cmocka_unit_test(parts_of_a_refund_make_sense),
        cmocka_unit_test(slots_follow_the_day),
        cmocka_unit_test(numbers_are_ours),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
