/*
 * journal.c: double entry over a window's matrix and transfers, and the check that it says the same as the positions.
 */
#include "settle/position.h"

#include <stdlib.h>
#include <string.h>

#define OBLIGATION "obligation:"
#define SETTLEMENT "settlement:"

struct writer {
    struct clr_journal_line *line;
    size_t count;
    uint64_t entry;                  /* number of the entry written last in the window */
};

static enum clr_status name_account(char account[CLR_ACCOUNT_NAME_SIZE], const char *book, const char *code)
{
    const size_t book_size = strlen(book), code_size = strlen(code);

    if (book_size + code_size >= CLR_ACCOUNT_NAME_SIZE) return CLR_USAGE;       /* cut short it could be another's */
    memcpy(account, book, book_size);
    memcpy(account + book_size, code, code_size + 1);
    return CLR_OK;
}

/** Debit `from`, credit `to`. */
static enum clr_status write_entry(struct writer *writer, struct clr_journal_line line, const char *book, const char *from, const char *to,
                                   clr_fen amount_fen)
{
    struct clr_journal_line *debit = &writer->line[writer->count], *credit = debit + 1;

    line.entry = ++writer->entry;
    *debit = *credit = line;
    CLR_TRY(name_account(debit->account, book, from));
    CLR_TRY(name_account(credit->account, book, to));
    debit->debit_fen = amount_fen;
    if (__builtin_sub_overflow(0, amount_fen, &credit->debit_fen)) return CLR_OVERFLOW;
    writer->count += 2;
    return CLR_OK;
}

static enum clr_status write_row(struct writer *writer, const struct clr_matrix_row *row)
{
    const struct clr_journal_line line = { .product = row->product, .window = row->window, .kind = row->kind };

    if (row->amount_fen == 0) return CLR_OK;
    return write_entry(writer, line, OBLIGATION, row->payer.code, row->payee.code, row->amount_fen);
}

static enum clr_status write_transfer(struct writer *writer, const struct clr_transfer *transfer)
{
    const struct clr_journal_line line = { .product = transfer->product, .window = transfer->window, .kind = CLR_KIND_COUNT };

    return write_entry(writer, line, SETTLEMENT, transfer->payer.code, transfer->payee.code, transfer->amount_fen);
}

/** A (product, window) as one number that orders as they do. */
static uint64_t window_order(uint8_t product, clr_day window)
{
    return (uint64_t)product << 32 | ((uint32_t)window ^ 0x80000000u);
}

/** Window of the next matrix row, past all others when there is none; and of the next transfer. */
static uint64_t row_window(const struct clr_ledger *ledger, size_t row)
{
    return row < ledger->matrix_count ? window_order(ledger->matrix[row].product, ledger->matrix[row].window) : UINT64_MAX;
}

static uint64_t transfer_window(const struct clr_transfer *transfer, size_t count, size_t at)
{
    return at < count ? window_order(transfer[at].product, transfer[at].window) : UINT64_MAX;
}

static enum clr_status write_all(struct writer *writer, const struct clr_ledger *ledger, const struct clr_transfer *transfer, size_t transfer_count)
{
    size_t row = 0, paid = 0;

    while (row < ledger->matrix_count || paid < transfer_count) {
        const uint64_t of_row = row_window(ledger, row), of_paid = transfer_window(transfer, transfer_count, paid);
        const uint64_t window = of_row < of_paid ? of_row : of_paid;

        writer->entry = 0;
        for (; row_window(ledger, row) == window; row++) CLR_TRY(write_row(writer, &ledger->matrix[row]));
        for (; transfer_window(transfer, transfer_count, paid) == window; paid++) CLR_TRY(write_transfer(writer, &transfer[paid]));
    }
    return CLR_OK;
}

enum clr_status clr_journal_build(const struct clr_ledger *participants, const struct clr_transfer *transfers, size_t transfer_count,
                                  struct clr_journal_line **out, size_t *count)
{
    struct writer writer = { .line = malloc((participants->matrix_count + transfer_count + 1) * 2 * sizeof *writer.line) };
    enum clr_status status;

    *out = NULL;
    *count = 0;
    if (writer.line == NULL) return CLR_FULL;
    status = write_all(&writer, participants, transfers, transfer_count);
    if (status != CLR_OK) {
        free(writer.line);
        return status;
    }
    *out = writer.line;
    *count = writer.count;
    return CLR_OK;
}

/* ---- the check ---- */

static enum clr_status say_entry(const struct clr_journal_line *line, const char *en, const char *zh, struct clr_fault *fault)
{
    char day[CLR_DAY_TEXT_SIZE];

    return clr_fault_say(fault, CLR_UNBALANCED, en, zh, clr_product_term(line->product).name, clr_day_text(line->window, day),
                         (unsigned long long)line->entry);
}

static bool same_window(const struct clr_journal_line *a, const struct clr_journal_line *b)
{
    return a->product == b->product && a->window == b->window;
}

static enum clr_status check_entries(const struct clr_journal_line *line, size_t count, struct clr_fault *fault)
{
    for (size_t i = 0; i < count; ) {
        const struct clr_journal_line *first = &line[i];
        const uint64_t expected = i > 0 && same_window(first, first - 1) ? first[-1].entry + 1 : 1;
        clr_wide sum = 0;

        if (first->entry != expected) {
            return say_entry(first, "%s window %s: journal entry %llu stands out of its numbering",
                             "产品 %s 窗口 %s：分录 %llu 编号不连续", fault);
        }
        for (; i < count && same_window(first, &line[i]) && line[i].entry == first->entry; i++) sum += line[i].debit_fen;
        if (sum != 0) {
            return say_entry(first, "%s window %s: journal entry %llu does not balance", "产品 %s 窗口 %s：分录 %llu 借贷不平", fault);
        }
    }
    return CLR_OK;
}

static int compare_accounts(const void *left, const void *right)
{
    const struct clr_journal_line *a = *(const struct clr_journal_line *const *)left;
    const struct clr_journal_line *b = *(const struct clr_journal_line *const *)right;
    const uint64_t of_a = window_order(a->product, a->window), of_b = window_order(b->product, b->window);

    if (of_a != of_b) return of_a < of_b ? -1 : 1;
    return strcmp(a->account, b->account);
}

static enum clr_status say_account(uint8_t product, clr_day window, const char *code, clr_fen net_fen, struct clr_fault *fault)
{
    char day[CLR_DAY_TEXT_SIZE];

    return clr_fault_say(fault, CLR_UNBALANCED,
        "%s window %s: the journal of %s does not give its net position %lld fen; nothing is published",
        "产品 %s 窗口 %s：%s 的分录合计与其净额 %lld 分不符；未发布任何结果",
        clr_product_term(product).name, clr_day_text(window, day), code, (long long)net_fen);
}

/** Walk obligation lines (sorted by window and account) and positions (sorted by window and code) side by side. */
static enum clr_status compare_nets(const struct clr_journal_line *const *line, size_t count, const struct clr_ledger *ledger,
                                    struct clr_fault *fault)
{
    size_t at = 0;

    for (size_t i = 0; i < ledger->position_count; i++) {
        const struct clr_position *position = &ledger->position[i];
        const uint64_t window = window_order(position->product, position->window);
        clr_wide debit = 0;

        while (at < count && window_order(line[at]->product, line[at]->window) == window
               && strcmp(line[at]->account + strlen(OBLIGATION), position->who.code) == 0) {
            debit += line[at++]->debit_fen;
        }
        if (debit != -(clr_wide)position->net_fen) {
            return say_account(position->product, position->window, position->who.code, position->net_fen, fault);
        }
    }
    if (at < count) return say_account(line[at]->product, line[at]->window, line[at]->account + strlen(OBLIGATION), 0, fault);
    return CLR_OK;
}

enum clr_status clr_journal_check(const struct clr_journal_line *line, size_t count, const struct clr_ledger *participants,
                                  struct clr_fault *fault)
{
    const struct clr_journal_line **sorted;
    enum clr_status status;
    size_t kept = 0;

    CLR_TRY(check_entries(line, count, fault));
    sorted = malloc((count + 1) * sizeof *sorted);
    if (sorted == NULL) return CLR_FULL;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(line[i].account, OBLIGATION, strlen(OBLIGATION)) == 0) sorted[kept++] = &line[i];
    }
    qsort(sorted, kept, sizeof *sorted, compare_accounts);
    status = compare_nets(sorted, kept, participants, fault);
    free(sorted);
    return status;
}
