/*
 * produce.h - what filters and backends report about a job whose grant was spent.
 *
 * In this order: each filter attests its whole output or gives up (stream, give_up; a
 * word is taken only behind that of the filter before, so that none can have been killed
 * unnoticed, and the last one counts); the backend asks whether it may send (produce), reports progress, has what it received compared with
 * that word (verify), and says what became of it (outcome). "Completed" is taken only
 * for a document that was verified.
 */
#ifndef CC_KEEP_PRODUCE_H
#define CC_KEEP_PRODUCE_H

#include "spoold/keep/peer.h"

int produce_stream(struct peer *p, const union wire_any *m, struct error *err);
int produce_wishes(struct peer *p, const union wire_any *m, struct error *err);
int produce_pages(struct peer *p, const union wire_any *m, struct error *err);
int produce_give_up(struct peer *p, const union wire_any *m, struct error *err);
int produce_produce(struct peer *p, const union wire_any *m, struct error *err);
int produce_verify(struct peer *p, const union wire_any *m, struct error *err);
int produce_progress(struct peer *p, const union wire_any *m, struct error *err);
int produce_outcome(struct peer *p, const union wire_any *m, struct error *err);

#endif
