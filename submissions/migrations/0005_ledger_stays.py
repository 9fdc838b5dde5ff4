"""The ledger is append-only: the database itself refuses to change or delete a line.

Only references to people, cases and other lines may become empty, and `reason` with them, when
somebody deletes their account.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION submissions_decision_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
    AND (NEW.id, NEW.at, NEW.subject, NEW.role, NEW.action, NEW.reason_code, NEW.slices,
         NEW.before, NEW.after, NEW.waiting_since)
      IS NOT DISTINCT FROM
        (OLD.id, OLD.at, OLD.subject, OLD.role, OLD.action, OLD.reason_code, OLD.slices,
         OLD.before, OLD.after, OLD.waiting_since)
    AND (NEW.user_id IS NULL OR NEW.user_id IS NOT DISTINCT FROM OLD.user_id)
    AND (NEW.actor_id IS NULL OR NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id)
    AND (NEW.case_id IS NULL OR NEW.case_id IS NOT DISTINCT FROM OLD.case_id)
    AND (NEW.reverses_id IS NULL OR NEW.reverses_id IS NOT DISTINCT FROM OLD.reverses_id)
    AND (NEW.reason = '' OR NEW.reason IS NOT DISTINCT FROM OLD.reason)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the ledger of decisions is append-only';
END $$;
CREATE TRIGGER submissions_decision_stays BEFORE UPDATE OR DELETE ON submissions_decision
  FOR EACH ROW EXECUTE FUNCTION submissions_decision_stays();
"""

DROP = """
DROP TRIGGER submissions_decision_stays ON submissions_decision;
DROP FUNCTION submissions_decision_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0004_slice_keys")]

    operations = [migrations.RunSQL(CREATE, DROP)]
