//! Statements about the chain of evidence packs.

statements! { ON_BOTH:

    LAST_LINK = "SELECT * FROM evidence_chain ORDER BY place DESC LIMIT 1";
    LINK = "SELECT * FROM evidence_chain WHERE place = $1";
    ADD_LINK = "INSERT INTO evidence_chain (place, call_id, made_at, digest, before) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (place) DO NOTHING";
}
