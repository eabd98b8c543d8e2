#include "settle/reply.h"

/** No package is known yet, so that none is the one that a reply speaks of. */
enum clr_status clr_reply_judge(struct clr_again *again, const struct clr_move *move, uint64_t *reasons, struct clr_fault *fault)
{
    (void)again;
    (void)fault;
    CLR_ASSERT(clr_move_is_reply(move));
    *reasons = CLR_REASON_MASK(REFUND_WITHOUT_ORIGINAL);
    return CLR_OK;
}

enum clr_status clr_reply_carry_out(struct clr_again *again, const struct clr_move *move, clr_day window, struct clr_fault *fault)
{
    (void)again;
    (void)window;
    char id[CLR_RECORD_ID_TEXT_SIZE];
    return clr_fault_say(fault, CLR_INTERNAL, "reply %s counts, but no package is known", "应答 %s 已被接受，但没有任何已知的包", clr_record_id_text(move->record, id));
}
