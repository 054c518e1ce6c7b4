-- ARGV: owner, lease in ms, life of a mark in ms, how many to move at most, then class/org/run of each held.
-- Extends what the owner holds, moves back what others let run out; answers about how many hints wait.
local owner, lease, ttl, limit = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = now()
for i = 5, #ARGV do
  redis.call('ZADD', inflight, 'XX', time + lease, owner .. '/' .. ARGV[i])
  redis.call('PEXPIRE', mark_of(ARGV[i]:match('([^/]+)$')), ttl)
end

for _, member in ipairs(redis.call('ZRANGEBYSCORE', inflight, '-inf', time, 'LIMIT', 0, limit)) do
  redis.call('ZREM', inflight, member)
  local holder, class, org, run = member:match('^([^/]+)/([^/]+)/([^/]+)/([^/]+)$')
  local mark = run and redis.call('GET', mark_of(run))
  if run and (not mark or mark:sub(2) == holder) then
    local asked = mark and mark:sub(1, 1) or 'h'
    enqueue(asked == 'h' and class or asked, org, run, ttl)
  end
end
signal()

local waiting = 0
for class = 0, 1 do
  for _, org in ipairs(redis.call('ZRANGE', p .. ':ring:' .. class, 0, 99)) do
    waiting = waiting + redis.call('LLEN', p .. ':list:' .. class .. ':' .. org)
  end
end
return waiting
