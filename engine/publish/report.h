/*
 * report.h: the settlement report of a business date, as one HTML file for people.
 *
 * Shows     the windows that `settle` of that date closed and the windows of that business date: what came in, verdicts, who owes whom,
 *           what is paid, the hours of the trades, and the checks that held. An open window is shown as preliminary.
 * File      one self-contained file: no script, no network, no font of its own; light, dark and print; from 360 px up. UTF-8.
 * Promise   the bytes follow from the store alone: no clock, no path, no thread. Of settled windows they stay the same whatever comes in
 *           later: verdicts are those of admission, later changes are told by the settlement that made them. Only the hours show what
 *           counts now.
 * Privacy   no card, no record: sums only. Everything that came from outside is escaped.
 * Threads   the command's thread.
 */
#ifndef CLR_PUBLISH_REPORT_H
#define CLR_PUBLISH_REPORT_H

#include "clr.h"

/**
 * Write the report beside `path`, sync it, rename it into place.
 *
 * @param product  CLR_ALL_PRODUCTS or one.
 * @param lang     "zh" or "en" (NULL: en).
 * @return CLR_OK | CLR_NOT_FOUND (nothing was ever closed or held on that date) | CLR_UNBALANCED (an invariant broke: no report) |
 *         CLR_USAGE (language, path, or money to move and no centre) | CLR_FULL | CLR_DAMAGED
 */
CLR_MUST_USE enum clr_status clr_report_write(struct clr_store *store, clr_day date, int product, const char *path, const char *lang,
                                              struct clr_fault *fault);

#endif
