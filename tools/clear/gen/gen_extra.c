/* gen_extra.c: rows about originals, and the additional moves file of card formats: loads first, then refunds, in the order of their trades. */
#include <string.h>

#include "gen_run.h"
#include "gen_source.h"

static enum clr_status write_row(struct gen_run *run, struct gen_file *file, const struct gen_move *move, int reason)
{
    char record[GEN_RECORD_SIZE_MAX];
    const size_t size = gen_render_move(run->world, move, record);

    gen_figures_count(&file->figures, reason, move->kind, move->amount_fen < 0 ? -move->amount_fen : move->amount_fen, false, 1);
    return gen_file_append(file, record, size, run->fault);
}

enum clr_status gen_run_part(struct gen_run *run, struct gen_file *file, const struct gen_trade *original, const struct gen_part *part, bool early)
{
    const struct gen_rules *rules = run->world->rules;
    const struct gen_deal deal = gen_run_deal(run, original);
    const uint64_t number = original->number + (part->dangling ? UINT64_C(5000000000) : 0);
    const int reason = early ? CLR_REASON_BIT_REFUND_WITHOUT_ORIGINAL : part->reason;
    char card[GEN_CARD_TEXT_SIZE], reference[GEN_REFERENCE_SIZE];

    if (reason == GEN_ACCEPTED && part->kind == CLR_KIND_ADJUST) gen_book_adjust(run->book, &deal, part->amount_fen, run->world->window);
    else if (reason == GEN_ACCEPTED) gen_book_refund(run->book, &deal, part->kind, part->refunded_fen, part->amount_fen, run->world->window);
    return write_row(run, file, &(struct gen_move){
        .id = ++run->move_id, .kind = part->kind, .reference = gen_reference(rules, &run->files->file[original->file], number, reference),
        .card = gen_world_card_text(run->world, original->card, card), .issuer = rules->party[deal.issuer].code,
        .acquirer = rules->party[deal.acquirer].code,
        .service = (enum clr_service)deal.service, .time_s = gen_move_time(run->random, original->time_s),
        .amount_fen = part->amount_fen, .price_fen = -1 }, reason);
}

static enum clr_status write_load(struct gen_run *run, struct gen_file *file, const struct gen_load *load)
{
    const struct gen_party *party = run->world->rules->party;
    const struct gen_deal deal = {
        .issuer = gen_world_issuer(run->world, load->card)->party, .acquirer = run->world->operator[load->operator].party, .service = CLR_SERVICE_LOAD,
        .kind = CLR_KIND_LOAD, .amount_fen = load->amount_fen, .window = run->world->window,
        .trade_day = run->world->date - (load->time_s < 0 ? 1 : 0),
    };
    char card[GEN_CARD_TEXT_SIZE];

    gen_book_deal(run->book, &deal, 1);
    return write_row(run, file, &(struct gen_move){
        .id = ++run->move_id, .kind = CLR_KIND_LOAD, .reference = "", .card = gen_world_card_text(run->world, load->card, card),
        .issuer = party[deal.issuer].code, .acquirer = party[deal.acquirer].code, .service = CLR_SERVICE_LOAD, .time_s = load->time_s,
        .amount_fen = load->amount_fen, .price_fen = -1 }, GEN_ACCEPTED);
}

static enum clr_status write_rows(struct gen_run *run, struct gen_file *file)
{
    const struct gen_sender *senders = run->world->rules->sender;

    for (size_t i = 0; i < run->load_count; i++) CLR_TRY(write_load(run, file, &run->load[i]));
    for (size_t i = 0; i < run->original_count; i++) {
        const struct gen_trade *trade = &run->original[i].trade;
        const bool early = strcmp(senders[file->sender].name, senders[run->files->file[trade->file].sender].name) < 0;
        struct gen_part parts[GEN_PARTS_MAX];
        const unsigned count = gen_parts_draw(run->random, trade->amount_fen, parts);
        for (unsigned p = 0; p < count; p++) CLR_TRY(gen_run_part(run, file, trade, &parts[p], early));
    }
    return CLR_OK;
}

enum clr_status gen_run_extra(struct gen_run *run)
{
    struct gen_file *file = &run->files->file[run->files->count];
    struct gen_source source;

    if (run->load_count == 0 && run->original_count == 0) return CLR_OK;
    if (!gen_source_stem(run->world->rules, run->world->moves_sender, CLR_FORMAT_MOVES, run->world->date, &source))
        return clr_fault_say(run->fault, CLR_INTERNAL, "the moves sender was lost", "moves 发送方丢失");
    *file = (struct gen_file){ .sender = run->world->moves_sender, .format = CLR_FORMAT_MOVES };
    gen_source_name(&source, 1, file->name);
    run->files->count++;
    CLR_TRY(gen_file_open(run->files, file, run->world, run->fault));
    CLR_TRY(write_rows(run, file));
    return gen_file_close(run->files, file, run->world, run->fault);
}
