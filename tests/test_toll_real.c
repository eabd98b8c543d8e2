/*
 * test_toll_real.c: what real gantry and exit rows prove about units and provinces, where they are: CLR_SHARED_DATA, else ../shared/data beside
 * the source. The figures are stated here; nothing of the rows is in the project. Skipped where they are not.
 *
 * The rows are read here by a few lines of code of their own, not by a codec: a mistake of one is not to hide a mistake of the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clear/split.h"

#define COLUMNS_MAX 256
#define FILE_MAX (2u << 20)
#define OWN 37

struct sheet {
    char *text, *rest;
    char *name[COLUMNS_MAX], *cell[COLUMNS_MAX];
    size_t count;
};

static size_t cut(char *line, char **cell)
{
    size_t count = 0;
    char *at;

    while ((at = strsep(&line, "\t")) != NULL && count < COLUMNS_MAX) cell[count++] = at;
    return count;
}

static void sheet_open(struct sheet *sheet, const char *name)
{
    const char *const told = getenv("CLR_SHARED_DATA");
    char path[1400];

    snprintf(path, sizeof path, "%s/etc/%s", told == NULL ? CLR_SHARED_DATA_DEFAULT : told, name);
    FILE *const from = fopen(path, "rb");
    if (from == NULL) skip();
    sheet->text = malloc(FILE_MAX);
    assert_non_null(sheet->text);
    const size_t size = fread(sheet->text, 1, FILE_MAX - 1, from);
    fclose(from);
    sheet->text[size] = '\0';
    sheet->rest = sheet->text;
    sheet->count = cut(strsep(&sheet->rest, "\n"), sheet->name);
    assert_in_range(sheet->count, 2, COLUMNS_MAX - 1);
}

static bool sheet_next(struct sheet *sheet)
{
    char *line = strsep(&sheet->rest, "\n");

    if (line == NULL || line[0] == '\0') return false;
    line[strcspn(line, "\r")] = '\0';
    assert_int_equal(cut(line, sheet->cell), sheet->count);
    return true;
}

/** A cell; "" where it says that it has nothing. */
static struct clr_bytes cell(const struct sheet *sheet, const char *name)
{
    for (size_t i = 0; i < sheet->count; i++) {
        if (strcmp(sheet->name[i], name) == 0) return clr_bytes_text(strcmp(sheet->cell[i], "(null)") == 0 ? "" : sheet->cell[i]);
    }
    fail_msg("no column %s", name);
    return clr_bytes_of(NULL, 0);
}

static clr_fen absolute_of(struct clr_bytes text)
{
    clr_fen fen = 0;
    const size_t minus = text.size > 0 && text.data[0] == '-';

    if (!clr_split_fen(clr_bytes_of(text.data + minus, text.size - minus), &fen)) fail_msg("no amount");
    return fen;
}

/* ---- gantries ---- */

struct seen {
    size_t rows, units, five, fifteen, full, free, waived;
};

static void look_at_unit(clr_fen due, clr_fen charged, clr_fen discount, struct seen *seen)
{
    seen->units++;
    if (clr_split_discount(due, charged) != discount) fail_msg("due %lld, charged %lld, discount %lld", (long long)due, (long long)charged, (long long)discount);
    if (due == 0) seen->free++;
    else if (discount == 0) seen->full++;
    else if (charged == clr_split_charged(due, 950000)) seen->five++;
    else if (charged == clr_split_charged(due, 850000)) seen->fifteen++;
    else seen->waived++;
}

static void units_are_rounded_half_up(void **state)
{
    struct sheet sheet;
    struct seen seen = { 0 };
    struct clr_split_list *const paid = malloc(sizeof *paid), *const less = malloc(sizeof *less);
    (void)state;
    assert_non_null(paid);
    assert_non_null(less);
    sheet_open(&sheet, "shandong_2024-01-17_tbl_GantryWasteRec_first300.tsv");
    while (sheet_next(&sheet)) {
        const struct clr_bytes units = cell(&sheet, "TOLLINTERVALID"), charges = cell(&sheet, "FEEGROUP"), discounts = cell(&sheet, "DISCOUNTFEEGROUP");
        if (charges.size == 0) continue;                     /* failed: nothing was worked out */
        assert_int_equal(clr_split_read(paid, units, charges, cell(&sheet, "PAYFEEGROUP")), CLR_SPLIT_WHOLE);
        assert_int_equal(clr_split_read(less, units, discounts, charges), CLR_SPLIT_WHOLE);
        seen.rows++;
        for (size_t i = 0; i < paid->count; i++) look_at_unit(paid->due_fen[i], paid->charge_fen[i], less->charge_fen[i], &seen);
    }
    assert_int_equal(seen.rows, 269);
    assert_int_equal(seen.units, 359);
    assert_int_equal(seen.five, 157);
    assert_int_equal(seen.fifteen, 68);
    assert_int_equal(seen.waived, 7);
    assert_int_equal(seen.full + seen.free, 127);
    free(sheet.text);
    free(paid);
    free(less);
}

/* ---- exits ---- */

static clr_fen sum_of(const clr_fen *fen, size_t count)
{
    clr_fen sum = 0;
    for (size_t i = 0; i < count; i++) sum += fen[i];
    return sum;
}

/** The own part over the row's units, and back again in three parts. @return false: the row has no units */
static bool share_and_return(const struct sheet *sheet, clr_fen own_fen, enum clr_split_way *way)
{
    static struct clr_split_list list;
    clr_fen share[CLR_SPLIT_UNITS_MAX], remaining[CLR_SPLIT_UNITS_MAX], part[CLR_SPLIT_UNITS_MAX], back[CLR_SPLIT_UNITS_MAX] = { 0 };
    const enum clr_split_gap gap = clr_split_read(&list, cell(sheet, "TOLLINTERVALSGROUP"), cell(sheet, "CHARGEFEEGROUP"), clr_bytes_of(NULL, 0));

    if (gap == CLR_SPLIT_NO_LIST) return false;
    assert_int_equal(gap, CLR_SPLIT_WHOLE);
    *way = clr_split_share(&list, own_fen, share);
    assert_int_equal(sum_of(share, list.count), own_fen);
    memcpy(remaining, share, sizeof share);
    for (int n = 3; n > 0; n--) {
        assert_true(clr_split_refund(remaining, list.count, sum_of(remaining, list.count) / n, part));
        for (size_t i = 0; i < list.count; i++) back[i] += part[i];
    }
    assert_memory_equal(back, share, list.count * sizeof *share);
    return true;
}

static void exits_are_split_to_the_fen(void **state)
{
    struct sheet sheet;
    size_t rows = 0, crossing = 0, listed = 0, as_charged = 0, by_charges = 0;
    clr_fen total = 0, own = 0, others = 0;
    (void)state;
    sheet_open(&sheet, "shandong_2024-01-17_tbl_ExWasteRec.tsv");
    while (sheet_next(&sheet)) {
        const clr_fen charged = absolute_of(cell(&sheet, "FEE"));
        struct clr_split_provinces provinces;
        enum clr_split_way way = CLR_SPLIT_TO_EXIT;
        clr_fen elsewhere = 0;
        assert_int_equal(clr_split_by_province(charged, cell(&sheet, "PROVINCEGROUP"), cell(&sheet, "PROVINCETRANSGROUP"), OWN, &provinces), CLR_SPLIT_WHOLE);
        for (size_t i = 0; i < provinces.count; i++) elsewhere += provinces.other[i].part_fen;
        assert_int_equal(provinces.own_fen + elsewhere, charged);
        rows++;
        crossing += elsewhere != 0;
        total += charged;
        own += provinces.own_fen;
        others += elsewhere;
        if (charged == 0 || !share_and_return(&sheet, provinces.own_fen, &way)) continue;
        listed++;
        as_charged += way == CLR_SPLIT_AS_CHARGED;
        by_charges += way == CLR_SPLIT_BY_CHARGES;
    }
    assert_int_equal(rows, 34);
    assert_int_equal(crossing, 5);
    assert_int_equal(own + others, total);
    assert_int_equal(listed, 8);
    assert_int_equal(as_charged, 3);
    assert_int_equal(by_charges, 5);
    free(sheet.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(units_are_rounded_half_up), cmocka_unit_test(exits_are_split_to_the_fen) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
