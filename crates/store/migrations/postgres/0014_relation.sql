-- Which case has to do with which other one, as the case that names the other says it.

CREATE TABLE case_relation (no BIGINT NOT NULL, other BIGINT NOT NULL, how TEXT NOT NULL,
    PRIMARY KEY (no, other, how));
CREATE INDEX case_relation_other ON case_relation (other, no, how);
