/* Many moves under one id: the same verdicts as the plain rule says, decisions between them included, and time that grows with the file. */
#include "desk.h"

#include <time.h>

#define STAMP "2026-03-04T10:00:00+08:00"
#define AT "2026-03-04 09:00:00"

static int open_group(void **state)
{
    const int status = scratch_open(state);
    desk_use(scratch_folder);
    return status;
}

/* ---- the rule, row by row ---- */

enum { COUNTS, WAITS, REFUSED };               /* what a content comes to where nothing stands against it */

static const struct { const char *row; int comes_to; const char *reasons; } contents[] = {
    { "transit,load,,,card1,bus,load," AT ",100,,,", COUNTS, "" },
    { "transit,load,,,nobody,bus,load," AT ",100,,,", WAITS, "unknown-participant" },
    { "transit,load,,,nobody,bus,load," AT ",200,,,", WAITS, "unknown-participant" },
    { "transit,load,,,nobody,metro,load," AT ",200,,,", WAITS, "unknown-participant" },
    { "transit,refund,r1-1,,,,,2026-03-04 08:00:00,4000,,,", REFUSED, "refund-exceeds-original" },
    { "transit,refund,r1-1,,,,,2026-03-04 08:00:00,4001,,,", REFUSED, "refund-exceeds-original" },
    { "transit,load,,,nobody,bus,load," AT ",%u,,,", WAITS, "unknown-participant" },        /* this and all further ones: 1000 + number */
};
#define CONTENTS (sizeof contents / sizeof *contents)
static size_t kind_of(unsigned content) { return content < CONTENTS ? content : CONTENTS - 1; }

enum verdict { ACCEPTED, PENDING, REJECTED, CONFLICT, DUPLICATE, DECISION };

struct model_row {
    unsigned content;
    enum verdict verdict;
    bool seen;
    uint32_t file;
    uint64_t number, decides;                  /* of the row it rejects: index in the model */
    size_t link;                               /* index + 1 */
};

#define ROWS_MAX 1200
static struct model_row model[ROWS_MAX];
static size_t model_count;
static unsigned decisions_percent;             /* how many of the rows decide an earlier one */
static size_t decisions_begin;                 /* not before so many rows */
static unsigned contents_drawn;                /* many, or 3: few that stand, and none that is refused by itself */

static bool stands(const struct model_row *row) { return row->verdict == ACCEPTED || row->verdict == PENDING || row->verdict == CONFLICT; }

static void model_judge(struct model_row *row)
{
    size_t other = 0, same = 0;
    bool rejected = false;
    for (size_t i = 0; i < model_count; i++) {
        const struct model_row *const before = &model[i];
        if (before->verdict == DECISION) continue;
        rejected |= before->verdict == REJECTED;
        if (!stands(before)) continue;
        if (other == 0) other = i + 1;
        if (same == 0 && before->content == row->content) same = i + 1;
    }
    row->link = same != 0 ? same : other;
    if (same != 0) row->verdict = DUPLICATE;
    else if (other != 0) row->verdict = CONFLICT;
    else row->verdict = contents[kind_of(row->content)].comes_to == COUNTS ? ACCEPTED : contents[kind_of(row->content)].comes_to == WAITS ? PENDING : REJECTED;
    row->seen = rejected && row->verdict != DUPLICATE && row->verdict != CONFLICT;
}

static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)((*seed >> 33) % below);
}

/** A row of the file: one more move of the identity, or the rejection of one that waits. */
static void make_row(FILE *text, uint64_t *seed, uint32_t file, uint64_t number)
{
    struct model_row *const row = &model[model_count];
    *row = (struct model_row){ .file = file, .number = number };
    if (model_count > 0 && draw(seed, 100) < (model_count < decisions_begin ? 0 : decisions_percent)) {
        const size_t start = draw(seed, (uint32_t)model_count);
        for (size_t i = 0; i < model_count; i++) {
            struct model_row *const waiting = &model[(start + i) % model_count];
            if (waiting->verdict != PENDING && waiting->verdict != CONFLICT) continue;
            fprintf(text, "D%zu,transit,decide,r%u-%llu,,,,,,,,reject,no\n", model_count, waiting->file, (unsigned long long)waiting->number);
            waiting->verdict = REJECTED;
            row->verdict = DECISION;
            model_count++;
            return;
        }
    }
    row->content = draw(seed, 400) == 0 ? 0 : contents_drawn > CONTENTS && draw(seed, 4) != 0 ? 6 + draw(seed, contents_drawn) : 1 + draw(seed, 3 + (draw(seed, 20) == 0 ? 2 : 0));
    fputs("Z1,", text);
    fprintf(text, contents[kind_of(row->content)].row, 1000 + row->content);
    fputc('\n', text);
    model_judge(row);
    model_count++;
}

static void check_row(struct desk *desk, uint64_t seed, const struct model_row *row)
{
    static const char *const words[] = { "", "unknown-participant", NULL, "conflict", NULL, "" };
    char what[64], link[40] = "";
    const char *const says = desk_says(desk, row->file, row->number);
    snprintf(what, sizeof what, "seed %llu, r%u-%llu", (unsigned long long)seed, row->file, (unsigned long long)row->number);
    if (row->verdict == DUPLICATE) {
        const bool in_file = model[row->link - 1].file == row->file;
        const char *const word = in_file ? "duplicate-in-file" : "duplicate-in-history";
        if (strncmp(says, word, strlen(word)) != 0) fail_msg("%s: [%s] instead of [%s]", what, says, word);
    } else if (row->verdict == REJECTED) {
        if (strstr(says, "decided") == NULL && strcmp(says, contents[kind_of(row->content)].reasons) != 0) fail_msg("%s: [%s] for a rejected move", what, says);
    } else if (strncmp(says, words[row->verdict], strlen(words[row->verdict])) != 0 || (words[row->verdict][0] == '\0' && says[0] != '\0')) {
        /* A conflict may have further reasons of its own behind the first. */
        fail_msg("%s: [%s] instead of [%s]", what, says, words[row->verdict]);
    }
    if (row->verdict == DECISION) return;
    if (((desk_notes(desk, row->file, row->number) & CLR_NOTE_MASK_SEEN_BEFORE) != 0) != row->seen && row->verdict != CONFLICT)
        fail_msg("%s: seen-before is %s", what, row->seen ? "missing" : "there");
    if (row->verdict != DUPLICATE && row->verdict != CONFLICT) return;
    snprintf(link, sizeof link, "r%u-%llu", model[row->link - 1].file, (unsigned long long)model[row->link - 1].number);
    if (strcmp(desk_link(desk, row->file, row->number), link) != 0) fail_msg("%s: linked to %s, not %s", what, desk_link(desk, row->file, row->number), link);
}

static void one_id_many_times(void **state)
{
    const struct tap tap = { .card = CARD1, .merchant = 1, .counter = 100, .balance_fen = 50000, .amount_fen = 1000, .time = "20260303080000" };
    (void)state;
    for (uint64_t round = 1; round <= 12; round++) {
        char name[40];
        uint64_t seed = round;
        snprintf(name, sizeof name, "flood%llu", (unsigned long long)round);
        struct desk desk = desk_open(name);
        desk_taps(&desk, "X-one", "2026-03-03T22:00:00+08:00", &tap, 1);
        model_count = 0;
        decisions_percent = round % 2 == 0 ? 85 : 30 + 15 * (unsigned)(round % 4);
        decisions_begin = round % 2 == 0 ? 60 : 0;
        contents_drawn = round % 3 == 0 ? 60 : 3;
        for (uint32_t file = 2; file <= 4; file++) {
            char *rows = NULL;
            size_t size;
            FILE *const text = open_memstream(&rows, &size);
            const uint64_t count = 100 + draw(&seed, 150);
            for (uint64_t number = 1; number <= count; number++) make_row(text, &seed, file, number);
            fclose(text);
            snprintf(name, sizeof name, "moves-%llu-%u", (unsigned long long)round, file);
            assert_int_equal(desk_moves(&desk, name, STAMP, rows), file);
            free(rows);
        }
        for (size_t i = 0; i < model_count; i++) check_row(&desk, round, &model[i]);
        desk_close(&desk);
    }
}

/* ---- time ---- */

static double flood_seconds(const char *name, unsigned count)
{
    struct timespec begun, ended;
    char *rows = NULL;
    size_t size;
    FILE *const text = open_memstream(&rows, &size);
    for (unsigned i = 0; i < count; i++) fprintf(text, "Z1,transit,load,,,card1,bus,load," AT ",%u,,,\n", 1 + i % 5000);
    fclose(text);
    struct desk desk = desk_open(name);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
    desk_moves(&desk, "moves-flood", STAMP, rows);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
    free(rows);
    desk_expect(&desk, "the first counts", 1, 1, "");
    desk_expect(&desk, "the last repeats", 1, count, count > 5000 ? "duplicate-in-file" : "conflict");
    desk_close(&desk);
    return (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
}

/* Eight times the rows: eight times the time, or sixty-four? A quarter of a second of noise is forgiven. */
static void a_flood_grows_with_its_size(void **state)
{
    (void)state;
    const double few = flood_seconds("few", 600), many = flood_seconds("many", 4800);
    print_message("600 rows %.3f s, 4,800 rows %.3f s\n", few, many);
    if (many > 24 * few + 0.25) fail_msg("600 rows took %.3f s, 4,800 rows %.3f s", few, many);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(one_id_many_times), cmocka_unit_test(a_flood_grows_with_its_size) };
    return cmocka_run_group_tests(tests, open_group, scratch_close);
}
