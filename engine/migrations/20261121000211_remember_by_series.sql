-- What the rules over sensors remember of each series, in one row: they share the order of its readings.
create table series_memory (
    series bigint not null primary key,
    org_id text not null,
    -- The log up to here is in it.
    pos bigint not null,
    -- The order of readings, and each rule's state (JSON).
    memory text not null
);

insert into series_memory (series, org_id, pos, memory)
select series, min(org_id), max(pos), '{"rules":[' || string_agg('{"workflow":"' || workflow_id || '","rung":' || rung
    || ',"rule":"' || rule || '","state":' || state || '}', ',') || ']}'
from sensor_state group by series;

drop table sensor_state;
