/*
 * toll_desk.h: a small real store under literal toll rules, fed with literal exits by a codec of its own: lines of 14 fields between ';'.
 * So what is booked is tested without the bytes of any real format.
 *
 *   id; kind (purchase, reversal, refund); original; card (network and card, "" none); amount; price ("" = amount); time yyyymmddhhmmss;
 *   S when paid at the station; units; charges; dues; provinces; parts; station
 *
 * Parties   issuer jscard (cards 3201…); owners north (units n1 n2, station G1) and south (unit s1, station G2); province:32; a centre in 37.
 *           Unit late belongs to south in the second version of the rules only, which also knows issuer sdcard (cards 3701…).
 * Fees      3 per mille of the amount to the centre, where north is the first payee.
 */
#ifndef CLR_TESTS_TOLL_DESK_H
#define CLR_TESTS_TOLL_DESK_H

#include "desk.h"

#define JSCARD "32011801000000000001"
#define SDCARD "37011801000000000002"

/** Make every folder of the test program here: with desk_use(). */
void toll_desk_use(const char *folder);

/** An empty store with the first rules. desk_close() */
struct desk toll_desk_open(const char *name);
void toll_desk_rules2(struct desk *desk);

/** Take in a file of exits: its admission. */
uint32_t toll_desk_exits(struct desk *desk, const char *name, const char *stamp, const char *lines);

/** Lines of one rule that `why` says of a record, joined by "; ", in English; in one static buffer. */
const char *toll_desk_why(struct desk *desk, uint32_t admission, uint64_t number, const char *rule);

#endif
