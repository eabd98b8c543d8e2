/* tac_bitslice.c: records laid into the lanes of a bitsliced group, and the codes taken out. See bitslice.h. */
#include "tac/tac_inside.h"

static void fill_lane(const struct clr_tac_context *context, struct clr_bitslice_group *group, size_t lane, size_t at)
{
    const struct clr_tac_item *item = context->order[at];
    const struct tac_ready_key *key = &context->keys[context->order_ranks[at]];
    uint8_t padded[8 * CLR_BITSLICE_BLOCKS];

    clr_tac_pad(item, padded, sizeof padded);
    group->left[lane] = clr_get_be64(key->bytes);
    group->right[lane] = clr_get_be64(key->bytes + 8);
    group->factor[lane] = clr_get_be64(item->card_factor);
    for (size_t block = 0; block < CLR_BITSLICE_BLOCKS; block++) group->data[block][lane] = clr_get_be64(padded + 8 * block);
}

void clr_tac_bitslice_run(struct clr_tac_context *context, size_t from, size_t to)
{
    const struct clr_bitslice_kernel *kernel = context->kernel;
    struct clr_bitslice_group *group = context->group;

    while (from < to) {
        const size_t used = to - from < kernel->lanes ? to - from : kernel->lanes;
        const struct tac_ready_key *key = &context->keys[context->order_ranks[from]];

        for (size_t lane = 0; lane < used; lane++) fill_lane(context, group, lane, from + lane);
        /* What an earlier group left in the other lanes is computed again and looked at by nobody. */
        group->one_key = context->order_ranks[from] == context->order_ranks[from + used - 1];
        group->diversify = key->diversify;
        group->fold = key->fold;
        kernel->run(group, context->space);
        for (size_t lane = 0; lane < used; lane++) context->order[from + lane]->tac = (uint32_t)(group->mac[lane] >> 32);
        from += used;
    }
}
