-- The ledger of devices. All may be unknown: a device adopted from its first message has none of them.
alter table devices
    add column kind          text,                   -- what sort of thing, in the city's words: 水位计, 摄像机
    add column product       text,                   -- maker and product; `model` is its type
    add column firmware      text,
    add column owner         text,                   -- the unit it belongs to
    add column network_zone  text,                   -- the network it speaks from: 政务外网, 视频专网, 互联网
    add column installed_on  date,
    add column calibrated_on date;
create index on devices (owner);
create index on devices (gateway) where gateway is not null;
