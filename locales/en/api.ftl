# The page about the interface for machines, and its words for what goes wrong.

api-title = Report by machine
api-lead = Organisations and tools can send reports as JSON. No account is needed; partners may send a key so that we know who reports.
api-point-durable = An answer with status 201 means that the report is safe on disk and in the evidence log.
api-point-once = Send an Idempotency-Key with each report: then you can repeat a request that broke off, and it counts once.
api-point-problems = Problem documents (RFC 9457) name every wrong field at once, with a pointer to it.
api-point-secret = The secret opens the report again. It goes in a header, never in an address.
api-document = The OpenAPI 3.1 document
api-questions = The questions, with the codes of their answers and the limits:
api-partners = Agencies and organisations with a key of their own
api-partners-lead = Agencies fetch what was referred to them, and say what comes of it. Organisations fetch what we told them about their networks, and answer.
api-partners-key = A key is sent as a header: Authorization: Bearer. Agencies get theirs from whoever runs this service, organisations from an officer.
api-example = Example
api-example-body = A whole report as JSON
api-key-reused = This Idempotency-Key was used for a different request. Use a new key for a new report.
api-no-such-file = We have no file with this SHA-256. Send the file first; one that no report names is kept for a day.
api-file-type = Files of this type are not taken here.
api-empty-file = The file is empty.
