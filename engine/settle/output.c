#include "settle/output.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/digest.h"
#include "settle/writer.h"

enum { POSITIONS, MATRIX, BILATERAL, TRANSFERS, JOURNAL, MANIFEST };
static const char *const names[CLR_SETTLE_OUTPUTS] = {
    "positions.csv", "matrix.csv", "bilateral.csv", "transfers.csv", "journal.csv", "manifest.json",
};

const char *clr_output_name(unsigned number) { return number < CLR_SETTLE_OUTPUTS ? names[number] : "?"; }

static void write_window(struct clr_writer *writer, uint8_t product, clr_day window)
{
    clr_write_cell(writer, clr_product_term(product).name);
    clr_write_cell_day(writer, window);
}

static clr_day settlement_day(const struct clr_settlement *settlement, const struct clr_books *books, uint8_t product, clr_day window)
{
    for (size_t i = 0; i < settlement->windows.count; i++)
        if (books->window[i].product == product && books->window[i].window == window) return books->window[i].settlement_day;
    return CLR_DAY_NONE;
}

static void write_positions(struct clr_writer *writer, const struct clr_settlement *settlement, const struct clr_books *books, const struct clr_ledger *ledger,
                            const char *level)
{
    for (size_t i = 0; i < ledger->position_count; i++) {
        const struct clr_position *const position = &ledger->position[i];
        write_window(writer, position->product, position->window);
        clr_write_cell(writer, level);
        clr_write_cell(writer, position->who.code);
        clr_write_cell(writer, position->who.zh);
        clr_write_cell(writer, position->who.en);
        clr_write_cell(writer, clr_role_term((unsigned)position->who.role).name);
        clr_write_cell_number(writer, position->receivable_fen);
        clr_write_cell_number(writer, position->payable_fen);
        clr_write_cell_number(writer, position->fee_fen);
        clr_write_cell_number(writer, position->net_fen);
        clr_write_cell_number(writer, position->count);
        clr_write_cell_day(writer, settlement_day(settlement, books, position->product, position->window));
        clr_write_row_end(writer);
    }
}

static void render_positions(struct clr_writer *writer, const struct clr_settlement *settlement, const struct clr_books *books)
{
    clr_write_raw(writer, "product,window,level,participant,name_zh,name_en,role,receivable_fen,payable_fen,fee_fen,net_fen,count,settlement_date\n");
    write_positions(writer, settlement, books, &books->members, "member");
    write_positions(writer, settlement, books, &books->participants, "participant");
}

static void render_matrix(struct clr_writer *writer, const struct clr_ledger *ledger)
{
    clr_write_raw(writer, "product,window,payer,payee,kind,count,amount_fen\n");
    for (size_t i = 0; i < ledger->matrix_count; i++) {
        const struct clr_matrix_row *const row = &ledger->matrix[i];
        write_window(writer, row->product, row->window);
        clr_write_cell(writer, row->payer.code);
        clr_write_cell(writer, row->payee.code);
        clr_write_cell(writer, clr_kind_term(row->kind).name);
        clr_write_cell_number(writer, row->count);
        clr_write_cell_number(writer, row->amount_fen);
        clr_write_row_end(writer);
    }
}

static void render_bilateral(struct clr_writer *writer, const struct clr_books *books)
{
    clr_write_raw(writer, "product,window,payer,payee,count,amount_fen\n");
    for (size_t i = 0; i < books->bilateral_count; i++) {
        const struct clr_matrix_row *const row = &books->bilateral[i];
        write_window(writer, row->product, row->window);
        clr_write_cell(writer, row->payer.code);
        clr_write_cell(writer, row->payee.code);
        clr_write_cell_number(writer, row->count);
        clr_write_cell_number(writer, row->amount_fen);
        clr_write_row_end(writer);
    }
}

static void render_transfers(struct clr_writer *writer, const struct clr_books *books)
{
    clr_write_raw(writer, "id,product,window,payer,payee,account,bank,amount_fen,settlement_date\n");
    for (size_t i = 0; i < books->transfer_count; i++) {
        const struct clr_transfer *const transfer = &books->transfer[i];
        clr_write_cell(writer, transfer->id);
        write_window(writer, transfer->product, transfer->window);
        clr_write_cell(writer, transfer->payer.code);
        clr_write_cell(writer, transfer->payee.code);
        clr_write_cell(writer, transfer->account);
        clr_write_cell(writer, transfer->bank);
        clr_write_cell_number(writer, transfer->amount_fen);
        clr_write_cell_day(writer, transfer->settlement_day);
        clr_write_row_end(writer);
    }
}

static void render_journal(struct clr_writer *writer, const struct clr_books *books)
{
    clr_write_raw(writer, "product,window,entry,account,kind,debit_fen,credit_fen\n");
    for (size_t i = 0; i < books->line_count; i++) {
        const struct clr_journal_line *const line = &books->line[i];
        const bool debit = line->debit_fen >= 0;
        write_window(writer, line->product, line->window);
        clr_write_cell_number(writer, (int64_t)line->entry);
        clr_write_cell(writer, line->account);
        clr_write_cell(writer, line->kind == CLR_KIND_COUNT ? "transfer" : clr_kind_term(line->kind).name);
        clr_write_cell_number(writer, debit ? line->debit_fen : 0);
        clr_write_cell_number(writer, debit ? 0 : -line->debit_fen);      /* a credit is the negation of a debit: never INT64_MIN */
        clr_write_row_end(writer);
    }
}

/* ---- the set ---- */

static enum clr_status keep(struct clr_output_file *file, const char *name, char *data, size_t size, struct clr_fault *fault)
{
    file->name = name;
    file->data = data;
    file->size = size;
    if (EVP_Digest(data, size, file->digest, NULL, EVP_sha256(), NULL) == 1) return CLR_OK;
    return clr_fault_say(fault, CLR_KEY, "OpenSSL gives no SHA-256", "OpenSSL 不提供 SHA-256");
}

static enum clr_status keep_text(struct clr_output_set *set, unsigned which, struct clr_writer *writer, struct clr_fault *fault)
{
    if (writer->pack.bad) {
        clr_pack_free(&writer->pack);
        return clr_memory_short(fault);
    }
    const enum clr_status status = keep(&set->file[which], names[which], (char *)writer->pack.data, writer->pack.size, fault);
    *writer = (struct clr_writer){ 0 };
    return status;
}

static enum clr_status name_set(const struct clr_settlement *settlement, const char *directory, struct clr_output_set *out, struct clr_fault *fault)
{
    char day[CLR_DAY_TEXT_SIZE];
    const bool one = settlement->product != CLR_ALL_PRODUCTS;
    const int size = snprintf(out->path, sizeof out->path, "%s/%s%s%s", directory, clr_day_text(settlement->day, day), one ? "-" : "",
                              one ? clr_product_term((unsigned)settlement->product).name : "");
    if (size > 0 && (size_t)size < sizeof out->path) return CLR_OK;
    return clr_fault_say(fault, CLR_USAGE, "the path of the output directory is too long", "输出目录路径过长");
}

enum clr_status clr_output_set_make(struct clr_store *store, struct clr_tx *tx, const struct clr_settlement *settlement, const struct clr_books *books,
                                    const char *directory, struct clr_output_set *out, struct clr_fault *fault)
{
    struct clr_writer writer = { 0 };
    char *data;
    size_t size;
    memset(out, 0, sizeof *out);
    CLR_TRY(name_set(settlement, directory, out, fault));
    render_positions(&writer, settlement, books);
    CLR_TRY(keep_text(out, POSITIONS, &writer, fault));
    render_matrix(&writer, &books->participants);
    CLR_TRY(keep_text(out, MATRIX, &writer, fault));
    render_bilateral(&writer, books);
    CLR_TRY(keep_text(out, BILATERAL, &writer, fault));
    render_transfers(&writer, books);
    CLR_TRY(keep_text(out, TRANSFERS, &writer, fault));
    render_journal(&writer, books);
    CLR_TRY(keep_text(out, JOURNAL, &writer, fault));
    CLR_TRY(clr_manifest_render(store, tx, settlement, books, out, &data, &size, fault));
    return keep(&out->file[MANIFEST], names[MANIFEST], data, size, fault);
}

void clr_output_set_free(struct clr_output_set *set)
{
    for (unsigned i = 0; i < CLR_SETTLE_OUTPUTS; i++) free(set->file[i].data);
    memset(set, 0, sizeof *set);
}
