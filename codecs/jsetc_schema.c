/* jsetc_schema.c: see jsetc_schema.h. */
#include "jsetc_schema.h"

#define X(id, name, zh, personal, level) { name, zh, personal },
const struct clr_field_name clr_jsetc_field_names[CLR_JSETC_FIELD_COUNT] = { CLR_JSETC_FIELD_LIST(X) };
#undef X

#define X(id, name, zh, personal, level) | (CLR_JSETC_LEVEL_##level == LEVEL ? CLR_JSETC_BIT(CLR_JSETC_##id) : 0)
const uint64_t clr_jsetc_level_fields[CLR_JSETC_LEVELS] = {
#define LEVEL CLR_JSETC_LEVEL_MESSAGE
    [CLR_JSETC_LEVEL_MESSAGE] = 0 CLR_JSETC_FIELD_LIST(X),
#undef LEVEL
#define LEVEL CLR_JSETC_LEVEL_LIST
    [CLR_JSETC_LEVEL_LIST] = 0 CLR_JSETC_FIELD_LIST(X),
#undef LEVEL
#define LEVEL CLR_JSETC_LEVEL_RECORD
    [CLR_JSETC_LEVEL_RECORD] = 0 CLR_JSETC_FIELD_LIST(X),
#undef LEVEL
};
#undef X

#define SHORT 64                            /* numbers, dates, ids */
#define LONG 512                            /* descriptions, plates with what stands around them, details */
#define TEXT(name, id, max) { name, CLR_JSETC_##id, 0, max }
#define GROUP(name, id) { name, 0, CLR_JSETC_GROUP_##id, 0 }

static const struct clr_jsetc_node root[] = { GROUP("Message", MESSAGE) };
static const struct clr_jsetc_node message[] = { GROUP("Header", HEADER), GROUP("Body", BODY) };
static const struct clr_jsetc_node header[] = {
    TEXT("Version", VERSION, SHORT), TEXT("MessageClass", CLASS, SHORT), TEXT("MessageType", TYPE, SHORT),
    TEXT("SenderId", SENDER, SHORT), TEXT("ReceiverId", RECEIVER, SHORT), TEXT("MessageId", HEADER_ID, SHORT),
};

static const struct clr_jsetc_node originals[] = {
    TEXT("ClearTargetDate", TARGET, SHORT), TEXT("ServiceProviderId", PROVIDER, SHORT), TEXT("IssuerId", ISSUER, SHORT),
    TEXT("MessageId", MESSAGE_ID, SHORT), TEXT("Count", COUNT, SHORT), TEXT("Amount", AMOUNT, SHORT), GROUP("Transaction", TRANSACTION),
};
static const struct clr_jsetc_node transaction[] = {
    TEXT("TransId", TRANS_ID, SHORT), TEXT("Time", TIME, SHORT), TEXT("Fee", FEE, SHORT), GROUP("Service", SERVICE), GROUP("ICCard", CARD),
    GROUP("Validation", VALIDATION), GROUP("OBU", OBU), TEXT("CustomizedData", CUSTOMIZED, LONG), TEXT("Id", OUTER_ID, LONG), TEXT("name", NAME, LONG),
    TEXT("parkTime", PARK_TIME, SHORT), TEXT("vehicleType", VEHICLE, SHORT), TEXT("algorithmIdentifier", ALGORITHM, SHORT),
};
static const struct clr_jsetc_node service[] = {
    TEXT("ServiceType", SERVICE_TYPE, SHORT), TEXT("Description", DESCRIPTION, LONG), TEXT("Detail", DETAIL, LONG),
};
static const struct clr_jsetc_node card[] = {
    TEXT("CardType", CARD_TYPE, SHORT), TEXT("NetNo", NETWORK, SHORT), TEXT("CardId", CARD, SHORT), TEXT("License", CARD_PLATE, LONG),
    TEXT("TransNo", CARD_COUNTER, SHORT), TEXT("PreBalance", BEFORE, SHORT), TEXT("PostBalance", AFTER, SHORT),
};
static const struct clr_jsetc_node validation[] = {
    TEXT("TAC", TAC, SHORT), TEXT("TransType", TRANS_TYPE, SHORT), TEXT("TerminalNo", TERMINAL, SHORT), TEXT("TerminalTransNo", TERMINAL_COUNTER, SHORT),
};
static const struct clr_jsetc_node obu[] = {
    TEXT("NetNo", OBU_NETWORK, SHORT), TEXT("OBUId", OBU, SHORT), TEXT("OBEState", OBU_STATE, SHORT), TEXT("License", OBU_PLATE, LONG),
    TEXT("OBUState", OBU_STATE, SHORT),
};

static const struct clr_jsetc_node account[] = {
    TEXT("ServiceProviderId", PROVIDER, SHORT), TEXT("IssuerId", ISSUER, SHORT), TEXT("MessageId", MESSAGE_ID, SHORT),
    TEXT("ProcessTime", PROCESSED, SHORT), TEXT("Count", COUNT, SHORT), TEXT("Amount", AMOUNT, SHORT), TEXT("DisputedCount", DISPUTED, SHORT),
    GROUP("DisputedRecord", DISPUTED),
};
static const struct clr_jsetc_node result[] = { TEXT("TransId", TRANS_ID, SHORT), TEXT("Result", TRANS_RESULT, SHORT) };

static const struct clr_jsetc_node dispute[] = {
    TEXT("ClearingOperatorId", OPERATOR, SHORT), TEXT("ServiceProviderId", PROVIDER, SHORT), TEXT("IssuerId", ISSUER, SHORT),
    TEXT("FileId", FILE_ID, SHORT), TEXT("ProcessTime", PROCESSED, SHORT), TEXT("Count", COUNT, SHORT), TEXT("Amount", AMOUNT, SHORT),
    GROUP("MessageList", DISPUTE_LIST),
};
static const struct clr_jsetc_node dispute_list[] = {
    TEXT("MessageId", LIST_ID, SHORT), TEXT("Count", LIST_COUNT, SHORT), TEXT("Amount", LIST_AMOUNT, SHORT), GROUP("Transaction", RESOLVED),
};

static const struct clr_jsetc_node refund[] = {
    TEXT("ClearTargetDate", TARGET, SHORT), TEXT("ServiceProviderId", PROVIDER, SHORT), TEXT("IssuerId", ISSUER, SHORT),
    TEXT("MessageId", MESSAGE_ID, SHORT), TEXT("ProcessTime", PROCESSED, SHORT), TEXT("Count", COUNT, SHORT), TEXT("Amount", AMOUNT, SHORT),
    GROUP("MessageList", REFUND_LIST),
};
static const struct clr_jsetc_node refund_list[] = {
    TEXT("MessageId", LIST_ID, SHORT), TEXT("Count", LIST_COUNT, SHORT), TEXT("Amount", LIST_AMOUNT, SHORT), GROUP("Transaction", REFUNDED),
};
static const struct clr_jsetc_node refunded[] = { TEXT("TransId", TRANS_ID, SHORT), TEXT("Amount", TRANS_AMOUNT, SHORT) };

static const struct clr_jsetc_node totals[] = {
    TEXT("ClearTargetDate", TARGET, SHORT), TEXT("Amount", AMOUNT, SHORT), TEXT("Count", COUNT, SHORT), TEXT("ProcessTime", PROCESSED, SHORT),
    TEXT("IssuerId", ISSUER, SHORT), GROUP("List", TOTALS_LIST),
};
static const struct clr_jsetc_node totals_list[] = {
    TEXT("ServiceProviderId", LIST_PROVIDER, SHORT), { "MessageId", CLR_JSETC_LISTED_PACKAGE, CLR_JSETC_GROUP_LEAF, SHORT },
    { "FileId", CLR_JSETC_LISTED_FILE, CLR_JSETC_GROUP_LEAF, SHORT },
};

static const struct clr_jsetc_node confirmation[] = {
    TEXT("MessageId", MESSAGE_ID, SHORT), TEXT("ProcessTime", PROCESSED, SHORT), TEXT("Result", RESULT, SHORT), TEXT("ClearTargetDate", TARGET, SHORT),
};

#define NODES(table, level) { table, sizeof table / sizeof *table, CLR_JSETC_LEVEL_##level }
const struct clr_jsetc_group clr_jsetc_groups[CLR_JSETC_GROUPS] = {
    [CLR_JSETC_GROUP_ROOT] = NODES(root, MESSAGE),
    [CLR_JSETC_GROUP_MESSAGE] = NODES(message, MESSAGE),
    [CLR_JSETC_GROUP_HEADER] = NODES(header, MESSAGE),
    [CLR_JSETC_GROUP_BODY + CLR_JSETC_ORIGINALS] = NODES(originals, MESSAGE),
    [CLR_JSETC_GROUP_BODY + CLR_JSETC_DISPUTE] = NODES(dispute, MESSAGE),
    [CLR_JSETC_GROUP_BODY + CLR_JSETC_REFUND] = NODES(refund, MESSAGE),
    [CLR_JSETC_GROUP_BODY + CLR_JSETC_ACCOUNT] = NODES(account, MESSAGE),
    [CLR_JSETC_GROUP_BODY + CLR_JSETC_TOTALS] = NODES(totals, MESSAGE),
    [CLR_JSETC_GROUP_BODY + CLR_JSETC_CONFIRMATION] = NODES(confirmation, MESSAGE),
    [CLR_JSETC_GROUP_TRANSACTION] = NODES(transaction, RECORD),
    [CLR_JSETC_GROUP_SERVICE] = NODES(service, MESSAGE),
    [CLR_JSETC_GROUP_CARD] = NODES(card, MESSAGE),
    [CLR_JSETC_GROUP_VALIDATION] = NODES(validation, MESSAGE),
    [CLR_JSETC_GROUP_OBU] = NODES(obu, MESSAGE),
    [CLR_JSETC_GROUP_DISPUTED] = NODES(result, RECORD),
    [CLR_JSETC_GROUP_DISPUTE_LIST] = NODES(dispute_list, LIST),
    [CLR_JSETC_GROUP_RESOLVED] = NODES(result, RECORD),
    [CLR_JSETC_GROUP_REFUND_LIST] = NODES(refund_list, LIST),
    [CLR_JSETC_GROUP_REFUNDED] = NODES(refunded, RECORD),
    [CLR_JSETC_GROUP_TOTALS_LIST] = NODES(totals_list, LIST),
};

enum clr_jsetc_variant clr_jsetc_variant_of(unsigned message_class, unsigned message_type, unsigned content)
{
    if (message_class == 6 && (message_type == 7 || message_type == 5) && content >= 1 && content <= 9) return CLR_JSETC_CONFIRMATION;
    if (message_class != 5) return CLR_JSETC_UNKNOWN;
    if (message_type == 7 && content >= 1 && content <= 3) return CLR_JSETC_ORIGINALS + (content - 1);
    if (message_type == 5 && content >= 1 && content <= 2) return CLR_JSETC_ACCOUNT + (content - 1);
    return CLR_JSETC_UNKNOWN;
}

const struct clr_jsetc_node *clr_jsetc_node_find(unsigned group, const char *name, unsigned *hint)
{
    const struct clr_jsetc_group *const in = &clr_jsetc_groups[group];

    for (unsigned i = 0, at = *hint; i < in->count; i++, at++) {
        if (at >= in->count) at = 0;
        if (strcmp(in->nodes[at].name, name) != 0) continue;
        *hint = in->nodes[at].group >= CLR_JSETC_GROUP_LEAF ? at : at + 1;      /* what may come many times is looked for there again */
        return &in->nodes[at];
    }
    return NULL;
}
