-- Strict projection of VoiceHintSet: whether voices propose who signs in, and what the shop did for it.
CREATE TABLE voice_hint (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    is_on    INTEGER NOT NULL,
    assessed TEXT NOT NULL,
    declared TEXT NOT NULL
) STRICT;
-- Strict projection of VoiceReleased, VoiceWithdrawn and PersonForgotten: who said yes; `signed` is ciphertext under the
-- key of `person`.
CREATE TABLE voice_release (
    person   TEXT PRIMARY KEY,
    signed   TEXT NOT NULL,
    wording  TEXT NOT NULL,
    language TEXT NOT NULL,
    given_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of FaceHintSet: whether faces propose who signs in, and what the shop did for it.
CREATE TABLE face_hint (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    is_on    INTEGER NOT NULL,
    assessed TEXT NOT NULL,
    declared TEXT NOT NULL
) STRICT;
-- Strict projection of FaceReleased, FaceWithdrawn and PersonForgotten: as voice_release.
CREATE TABLE face_release (
    person   TEXT PRIMARY KEY,
    signed   TEXT NOT NULL,
    wording  TEXT NOT NULL,
    language TEXT NOT NULL,
    given_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Strict projection of CustomerFacesSet: whether customers' faces open their carts, and what the shop did for it.
CREATE TABLE customer_face_hint (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    is_on    INTEGER NOT NULL,
    assessed TEXT NOT NULL,
    declared TEXT NOT NULL
) STRICT;
-- Strict projection of CustomerFaceReleased, ConsentWithdrawn and PersonForgotten: as voice_release.
CREATE TABLE customer_face_release (
    person   TEXT PRIMARY KEY,
    signed   TEXT NOT NULL,
    wording  TEXT NOT NULL,
    language TEXT NOT NULL,
    given_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Strict projection of ReleaseWorded: each version of what people sign, as there was one; `texts` is JSON, by language.
CREATE TABLE release_wording (
    means   TEXT NOT NULL,
    version TEXT NOT NULL,
    texts   TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (means, version)
) STRICT, WITHOUT ROWID;

-- Local state: what voices and faces are like, on this box alone: in no fact, at no head office. `encrypted_template` is a Fernet
-- token under a key of its own, which `wrapped_key` has under the person's.
CREATE TABLE biometric_template (
    person             TEXT NOT NULL,
    kind               TEXT NOT NULL CHECK (kind IN ('voice', 'face', 'customer_face')),
    encrypted_template BLOB NOT NULL,
    wrapped_key        TEXT NOT NULL,
    model              TEXT NOT NULL,
    dimensions         INTEGER NOT NULL,
    confidence         INTEGER NOT NULL,
    created_us         INTEGER NOT NULL,
    expires_us         INTEGER NOT NULL,
    PRIMARY KEY (person, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX biometric_template_expires ON biometric_template (expires_us);
