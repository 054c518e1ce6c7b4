local p = KEYS[1]
local inflight = p .. ':inflight'

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function mark_of(run)
  return p .. ':mark:' .. run
end

local added = 0

-- A ring is a sorted set, so that adding an organisation twice, or after a loss, does no harm.
local function enqueue(class, org, run, ttl)
  redis.call('RPUSH', p .. ':list:' .. class .. ':' .. org, run)
  local ring = p .. ':ring:' .. class
  local last = redis.call('ZREVRANGE', ring, 0, 0, 'WITHSCORES')
  redis.call('ZADD', ring, 'NX', (tonumber(last[2]) or 0) + 1, org)
  redis.call('SET', mark_of(run), 'q', 'PX', ttl)
  added = added + 1
end

-- One signal for each idle process that should look, gone by itself when none takes it.
local function signal()
  for _ = 1, math.min(added, 16) do
    redis.call('RPUSH', p .. ':signal', '1')
  end
  if added > 0 then
    redis.call('LTRIM', p .. ':signal', -16, -1)
    redis.call('PEXPIRE', p .. ':signal', 2000)
  end
end
