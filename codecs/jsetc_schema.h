/*
 * jsetc_schema.h: the messages of the Jiangsu ETC interface as tables: which elements stand where, which field each one is.
 *
 * A message is <Message> of <Header> and <Body ContentType>; class, type and content select the body. Its fields live at three levels: of the
 * message, of a list in it (a package in a dispute result), of a record. What quirks of real files do:
 *
 *     quirk                                                what becomes of it
 *     money as yuan with two decimals                      as read; whole fen where the sender's profile says units = fen; never guessed
 *     'T' or a blank in times                              as read
 *     a fraction or a zone in a time (developer packages)  malformed: wrong length
 *     hex12 or hex16 OBUId, in either case                 as read; any other length is malformed
 *     OBUState for OBEState; 1 to 4 digits in it           as read
 *     TerminalNo of 12 digits, documented as 2             as read: 12
 *     header versions 00010000 and 00020000                as read; any other is a framing finding
 *     ServiceProviderId and IssuerId swapped (disputes)    put right when the receiver of the message is the one named as issuer
 *     no Amount in a dispute result                        as read: not stated
 *     an empty MessageId in an empty List                  no package
 *     License with a colour behind the plate               as read
 *     ClearTargetDate as yyyymmdd or yyyy-mm-dd            as read
 *     an unknown element or attribute                      passed over; the first one's name is in the record's note
 *     an element twice                                     malformed: given more than once; outside records a framing finding
 *     blank fields that must be there                      malformed: missing; outside records a framing finding
 *     CustomizedData that is not 76 hexadecimal digits     malformed
 *
 * Refunds (5/7/3) are named but not laid out in the document. Our own reading: the head of an original package, then lists of a dispute result,
 * each Transaction with its Amount.
 *
 * Threads   constant.
 * Source    format notes, etc 1.2 and 1.3; quirks 1.6.
 */
#ifndef CLR_CODECS_JSETC_SCHEMA_H
#define CLR_CODECS_JSETC_SCHEMA_H

#include "codec.h"

/* X(ID, name, zh, personal, level): field numbers of `why` and of a detail, in this order from 1. */
#define CLR_JSETC_FIELD_LIST(X)                                                   \
    X(VERSION, "version", "版本", false, MESSAGE)                                  \
    X(CLASS, "message_class", "消息类别", false, MESSAGE)                           \
    X(TYPE, "message_type", "消息类型", false, MESSAGE)                             \
    X(SENDER, "sender", "发送方", false, MESSAGE)                                  \
    X(RECEIVER, "receiver", "接收方", false, MESSAGE)                              \
    X(HEADER_ID, "header_message_id", "消息头序号", false, MESSAGE)                  \
    X(CONTENT, "content_type", "内容类型", false, MESSAGE)                          \
    X(OPERATOR, "clearing_operator", "清分方", false, MESSAGE)                      \
    X(TARGET, "clear_target_date", "清分目标日", false, MESSAGE)                     \
    X(PROVIDER, "provider", "服务方", false, MESSAGE)                              \
    X(ISSUER, "issuer", "发行方", false, MESSAGE)                                  \
    X(MESSAGE_ID, "message_id", "交易包序号", false, MESSAGE)                       \
    X(FILE_ID, "file_id", "争议文件号", false, MESSAGE)                             \
    X(PROCESSED, "process_time", "处理时间", false, MESSAGE)                        \
    X(RESULT, "result", "处理结果", false, MESSAGE)                                \
    X(COUNT, "count", "笔数", false, MESSAGE)                                     \
    X(AMOUNT, "amount", "总金额", false, MESSAGE)                                  \
    X(DISPUTED, "disputed_count", "争议笔数", false, MESSAGE)                       \
    X(LIST_MESSAGES, "list_message_count", "列表包数", false, LIST)                 \
    X(LIST_FILES, "list_file_count", "列表文件数", false, LIST)                     \
    X(LIST_PROVIDER, "list_provider", "列表服务方", false, LIST)                    \
    X(LIST_ID, "list_message_id", "列表交易包序号", false, LIST)                     \
    X(LIST_COUNT, "list_count", "列表笔数", false, LIST)                           \
    X(LIST_AMOUNT, "list_amount", "列表金额", false, LIST)                         \
    X(LISTED_PACKAGE, "listed_message_id", "所列交易包序号", false, RECORD)          \
    X(LISTED_FILE, "listed_file_id", "所列争议文件号", false, RECORD)               \
    X(TRANS_ID, "trans_id", "包内序号", false, RECORD)                             \
    X(TRANS_RESULT, "trans_result", "处理代码", false, RECORD)                     \
    X(TRANS_AMOUNT, "refund_amount", "退款金额", false, RECORD)                    \
    X(TIME, "time", "交易时间", false, RECORD)                                    \
    X(FEE, "fee", "交易金额", false, RECORD)                                      \
    X(SERVICE_TYPE, "service_type", "服务类型", false, RECORD)                     \
    X(DESCRIPTION, "description", "服务描述", true, RECORD)                        \
    X(DETAIL, "detail", "服务明细", false, RECORD)                                 \
    X(CARD_TYPE, "card_type", "卡类型", false, RECORD)                            \
    X(NETWORK, "card_network", "卡网络号", false, RECORD)                          \
    X(CARD, "card", "卡号", true, RECORD)                                        \
    X(CARD_PLATE, "card_plate", "卡内车牌", true, RECORD)                          \
    X(CARD_COUNTER, "card_counter", "卡交易序号", false, RECORD)                   \
    X(BEFORE, "balance_before", "交易前余额", false, RECORD)                       \
    X(AFTER, "balance_after", "交易后余额", false, RECORD)                         \
    X(TAC, "tac", "TAC", false, RECORD)                                         \
    X(TRANS_TYPE, "transaction_type", "交易标识", false, RECORD)                   \
    X(TERMINAL, "terminal", "终端机编号", false, RECORD)                           \
    X(TERMINAL_COUNTER, "terminal_counter", "终端交易序号", false, RECORD)          \
    X(OBU_NETWORK, "obu_network", "OBU网络号", false, RECORD)                     \
    X(OBU, "obu_id", "OBU号", true, RECORD)                                     \
    X(OBU_STATE, "obu_state", "OBU状态", false, RECORD)                          \
    X(OBU_PLATE, "obu_plate", "OBU车牌", true, RECORD)                           \
    X(CUSTOMIZED, "customized_data", "附加数据", true, RECORD)                    \
    X(OUTER_ID, "id", "附加编号", false, RECORD)                                  \
    X(NAME, "name", "名称", false, RECORD)                                       \
    X(PARK_TIME, "park_time", "停车时长", false, RECORD)                          \
    X(VEHICLE, "vehicle_type", "车型", false, RECORD)                            \
    X(ALGORITHM, "algorithm", "算法标识", false, RECORD)

#define X(id, ...) CLR_JSETC_##id,
enum clr_jsetc_field { CLR_JSETC_FIELD_NONE, CLR_JSETC_FIELD_LIST(X) CLR_JSETC_FIELD_END };
#undef X
#define CLR_JSETC_FIELD_COUNT (CLR_JSETC_FIELD_END - 1)
static_assert(CLR_JSETC_FIELD_COUNT <= 64, "a bit each");
#define CLR_JSETC_BIT(field) (UINT64_C(1) << ((field) - 1))

enum clr_jsetc_level { CLR_JSETC_LEVEL_MESSAGE, CLR_JSETC_LEVEL_LIST, CLR_JSETC_LEVEL_RECORD, CLR_JSETC_LEVELS };

/** Fields of each level, as bits. */
extern const uint64_t clr_jsetc_level_fields[CLR_JSETC_LEVELS];
extern const struct clr_field_name clr_jsetc_field_names[CLR_JSETC_FIELD_COUNT];

enum clr_jsetc_variant {
    CLR_JSETC_UNKNOWN,
    CLR_JSETC_ORIGINALS,                    /* 5/7/1 */
    CLR_JSETC_DISPUTE,                      /* 5/7/2 */
    CLR_JSETC_REFUND,                       /* 5/7/3 */
    CLR_JSETC_ACCOUNT,                      /* 5/5/1 */
    CLR_JSETC_TOTALS,                       /* 5/5/2 */
    CLR_JSETC_CONFIRMATION,                 /* 6/7/n, 6/5/n */
    CLR_JSETC_VARIANTS
};

/** Variant of a class, type and content as texts, CLR_JSETC_UNKNOWN for any that is none of these. */
enum clr_jsetc_variant clr_jsetc_variant_of(unsigned message_class, unsigned message_type, unsigned content);

/** An element under another one: a field with text, or a group of more elements. */
struct clr_jsetc_node {
    const char *name;
    uint8_t field;                          /* 0: a group */
    uint8_t group;                          /* what stands in it; a field that is a record of its own (of clearing totals): CLR_JSETC_GROUP_LEAF */
    uint16_t text_max;                      /* bytes */
};

struct clr_jsetc_group {
    const struct clr_jsetc_node *nodes;
    uint8_t count;
    uint8_t opens;                          /* enum clr_jsetc_level: LIST or RECORD begins with it; MESSAGE: it begins nothing */
};

enum {
    CLR_JSETC_GROUP_NONE, CLR_JSETC_GROUP_LEAF, CLR_JSETC_GROUP_ROOT, CLR_JSETC_GROUP_MESSAGE, CLR_JSETC_GROUP_HEADER,
    CLR_JSETC_GROUP_BODY,                   /* the variant's takes its place: BODY + variant, so this one is empty */
    CLR_JSETC_GROUP_BODY_LAST = CLR_JSETC_GROUP_BODY + CLR_JSETC_VARIANTS - 1,
    CLR_JSETC_GROUP_TRANSACTION, CLR_JSETC_GROUP_SERVICE, CLR_JSETC_GROUP_CARD, CLR_JSETC_GROUP_VALIDATION, CLR_JSETC_GROUP_OBU,
    CLR_JSETC_GROUP_DISPUTED, CLR_JSETC_GROUP_DISPUTE_LIST, CLR_JSETC_GROUP_RESOLVED, CLR_JSETC_GROUP_REFUND_LIST, CLR_JSETC_GROUP_REFUNDED,
    CLR_JSETC_GROUP_TOTALS_LIST, CLR_JSETC_GROUPS
};
extern const struct clr_jsetc_group clr_jsetc_groups[CLR_JSETC_GROUPS];

/** The element `name` in a group, NULL when it may not stand there; `*hint` is where it is looked for first, and moves on. */
const struct clr_jsetc_node *clr_jsetc_node_find(unsigned group, const char *name, unsigned *hint);

#endif
