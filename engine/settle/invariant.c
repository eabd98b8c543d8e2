/*
 * invariant.c: what must hold before anything is published: zero sums per (product, window), in 128 bits.
 *
 * Standard  clearing-rules.md 7.
 */
#include "settle/position.h"

#include <string.h>

#define WIDE_TEXT_SIZE 48

struct sums {
    clr_wide net, receivable, payable, fee;
    clr_wide moved;                  /* matrix amounts but fees: each is one side's receivable */
};

static const char *wide_text(clr_wide value, char text[WIDE_TEXT_SIZE])
{
    unsigned __int128 left = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    char *at = text + WIDE_TEXT_SIZE - 1;

    *at = '\0';
    do {
        *--at = (char)('0' + (int)(left % 10));
        left /= 10;
    } while (left > 0);
    if (value < 0) *--at = '-';
    return at;
}

static enum clr_status say_unbalanced(uint8_t product, clr_day window, const struct sums *sums, struct clr_fault *fault)
{
    char day[CLR_DAY_TEXT_SIZE], net[WIDE_TEXT_SIZE], receivable[WIDE_TEXT_SIZE], payable[WIDE_TEXT_SIZE];
    char fee[WIDE_TEXT_SIZE], moved[WIDE_TEXT_SIZE];

    return clr_fault_say(fault, CLR_UNBALANCED,
        "%s window %s does not balance: net %s, receivable %s, payable %s, fees %s, matrix %s fen; nothing is published, call a person",
        "产品 %s 清算窗口 %s 不平：净额 %s，应收 %s，应付 %s，手续费 %s，矩阵 %s 分；未发布任何结果，请人工处理",
        clr_product_term(product).name, clr_day_text(window, day), wide_text(sums->net, net), wide_text(sums->receivable, receivable),
        wide_text(sums->payable, payable), wide_text(sums->fee, fee), wide_text(sums->moved, moved));
}

static enum clr_status say_net(const struct clr_position *position, struct clr_fault *fault)
{
    char day[CLR_DAY_TEXT_SIZE];

    return clr_fault_say(fault, CLR_UNBALANCED,
        "%s window %s: the net of %s is %lld fen, not its receivable %lld less its payable %lld plus its fees %lld; nothing is published",
        "产品 %s 清算窗口 %s：%s 的净额 %lld 分不等于应收 %lld 减应付 %lld 加手续费 %lld；未发布任何结果",
        clr_product_term(position->product).name, clr_day_text(position->window, day), position->who.code, (long long)position->net_fen,
        (long long)position->receivable_fen, (long long)position->payable_fen, (long long)position->fee_fen);
}

static bool is_net(const struct clr_position *position)
{
    return (clr_wide)position->receivable_fen - position->payable_fen + position->fee_fen == position->net_fen;
}

/** Sum the matrix rows of one window from `*row` on. */
static void sum_matrix(const struct clr_ledger *ledger, uint8_t product, clr_day window, size_t *row, struct sums *sums)
{
    for (; *row < ledger->matrix_count; (*row)++) {
        const struct clr_matrix_row *matrix = &ledger->matrix[*row];
        if (matrix->product != product || matrix->window != window) return;
        if (matrix->kind != CLR_KIND_FEE) sums->moved += matrix->amount_fen;
    }
}

static enum clr_status check_window(const struct clr_ledger *ledger, size_t *at, size_t *row, struct clr_fault *fault)
{
    const struct clr_position *first = &ledger->position[*at];
    struct sums sums = { 0 };

    for (; *at < ledger->position_count; (*at)++) {
        const struct clr_position *position = &ledger->position[*at];
        if (position->product != first->product || position->window != first->window) break;
        if (!is_net(position)) return say_net(position, fault);
        sums.net += position->net_fen;
        sums.receivable += position->receivable_fen;
        sums.payable += position->payable_fen;
        sums.fee += position->fee_fen;
    }
    sum_matrix(ledger, first->product, first->window, row, &sums);
    if (sums.net != 0 || sums.fee != 0 || sums.receivable != sums.payable || sums.moved != sums.receivable) {
        return say_unbalanced(first->product, first->window, &sums, fault);
    }
    return CLR_OK;
}

enum clr_status clr_ledger_check(const struct clr_ledger *ledger, struct clr_fault *fault)
{
    size_t at = 0, row = 0;

    while (at < ledger->position_count) CLR_TRY(check_window(ledger, &at, &row, fault));
    if (row < ledger->matrix_count) {
        struct sums sums = { 0 };
        sum_matrix(ledger, ledger->matrix[row].product, ledger->matrix[row].window, &(size_t){ row }, &sums);
        return say_unbalanced(ledger->matrix[row].product, ledger->matrix[row].window, &sums, fault);
    }
    return CLR_OK;
}
